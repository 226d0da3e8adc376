"""JPEG Lossless streams with any predictor and point transform; the encoder writes one."""

import numpy as np
from numpy.typing import NDArray

from tasks.synthetic.jpeg_lossless import encode_jpeg_lossless


def mammogram_like(
    rows: int, columns: int, bits: int, noise: float = 6.0, background: int = 0
) -> NDArray[np.uint16]:
    """A textured half disc at the left over a flat background."""
    rng = np.random.default_rng(20261124)
    row, column = np.mgrid[-1 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    depth = 1 - row**2 / 0.75 - (column / 0.62) ** 2
    tissue = (0.2 + 0.5 * np.clip(depth, 0, 0.4)) * 2**bits + rng.normal(0, noise, depth.shape)
    values = np.where(depth > 0, tissue, background)
    return np.clip(np.rint(values), 0, 2**bits - 1).astype(np.uint16)


def encode(
    values: NDArray[np.uint16], bits: int, predictor: int, point_transform: int = 0
) -> bytes:
    """Encode with any predictor of T.81 Table H.1.

    The differences of `predictor` are summed up along rows into an image whose predictor 1
    gives the same differences; that image is encoded, and the headers are put right.
    """
    samples = values.astype(np.int64) >> point_transform
    sums = np.empty_like(samples)
    sums[:, 0] = samples[:, 0]
    sums[0] = samples[0]
    sums[0] += (1 << 15) - (1 << (bits - point_transform - 1))
    sums[1:, 0] += (1 << 15) - (1 << (bits - point_transform - 1))
    differences = samples[1:, 1:] - _predictions(samples, predictor)
    sums[1:, 1:] = sums[1:, :1] + np.cumsum(differences, axis=1)
    stream = bytearray(encode_jpeg_lossless((sums & 0xFFFF).astype(np.uint16), 16))
    stream[stream.index(b"\xff\xc3") + 4] = bits
    scan = stream.index(b"\xff\xda")
    stream[scan + 7], stream[scan + 9] = predictor, point_transform
    return bytes(stream)


def _predictions(samples: NDArray[np.int64], predictor: int) -> NDArray[np.int64]:
    left, above, above_left = samples[1:, :-1], samples[:-1, 1:], samples[:-1, :-1]
    return {
        1: left,
        2: above,
        3: above_left,
        4: left + above - above_left,
        5: left + ((above - above_left) >> 1),
        6: above + ((left - above_left) >> 1),
        7: (left + above) >> 1,
    }[predictor]
