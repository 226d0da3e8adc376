"""Damages one frame in seeded ways and counts what decoders make of it.

`python -m tests.support.jpeg_lossless_fuzz [N]` prints the counts as JSON. Decoders run in a
forked process that may die: it takes the frames in turn and is replaced after its last one.
"""

import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from tasks.errors import Rejected
from tasks.preprocess.jpeg_lossless import Unsupported, decode_jpeg_lossless
from tasks.synthetic.jpeg_lossless import encode_jpeg_lossless
from tests.support.jpeg_lossless_streams import mammogram_like

TIME_LIMIT_S = 10
MEMORY_LIMIT_BYTES = 6 << 30
OUTCOMES = ("exact", "rejected", "unsupported", "error", "wrong_pixels", "crashed", "hung")

Decoder = Callable[[bytes], NDArray[np.uint16]]


def damage(frame: bytes, seed: int) -> bytes:
    """One of seven kinds of damage, by seed."""
    rng = np.random.default_rng(seed)
    mutators = (_flip, _flip_header, _overwrite, _truncate, _splice, _remove, _lie)
    return mutators[seed % len(mutators)](bytearray(frame), rng)


def _flip(frame: bytearray, rng: np.random.Generator) -> bytes:
    for at in rng.integers(0, len(frame), rng.integers(1, 9)):
        frame[at] ^= 1 << int(rng.integers(8))
    return bytes(frame)


def _flip_header(frame: bytearray, rng: np.random.Generator) -> bytes:
    frame[int(rng.integers(_header_length(frame)))] ^= 1 << int(rng.integers(8))
    return bytes(frame)


def _overwrite(frame: bytearray, rng: np.random.Generator) -> bytes:
    at, n = int(rng.integers(len(frame))), int(rng.integers(1, 200))
    frame[at : at + n] = rng.bytes(min(n, len(frame) - at))
    return bytes(frame)


def _truncate(frame: bytearray, rng: np.random.Generator) -> bytes:
    return bytes(frame[: int(rng.integers(len(frame)))])


def _splice(frame: bytearray, rng: np.random.Generator) -> bytes:
    source, target = (int(at) for at in rng.integers(0, len(frame), 2))
    frame[target:target] = frame[source : source + int(rng.integers(1, 500))]
    return bytes(frame)


def _remove(frame: bytearray, rng: np.random.Generator) -> bytes:
    at = int(rng.integers(len(frame)))
    del frame[at : at + int(rng.integers(1, 500))]
    return bytes(frame)


def _lie(frame: bytearray, rng: np.random.Generator) -> bytes:
    """Another size, or another length of a segment."""
    start = frame.index(rng.choice([b"\xff\xc3", b"\xff\xc4", b"\xff\xda"]).item())
    at = start + (int(rng.choice([2, 5, 7])) if frame[start + 1] == 0xC3 else 2)
    frame[at : at + 2] = int(rng.integers(1 << 16)).to_bytes(2, "big")
    return bytes(frame)


def _header_length(frame: bytearray) -> int:
    return frame.index(b"\xff\xda") + 10


def count_outcomes(
    decoder: Decoder, frames: Sequence[bytes], expected: NDArray[np.uint16]
) -> Counter[str]:
    """Decode all frames; a dead or endless decoder costs its frame and no other."""
    counts: Counter[str] = Counter()
    n_done = 0
    while n_done < len(frames):
        outcomes, ending = _run_worker(decoder, frames[n_done:], expected)
        counts.update(outcomes)
        n_done += len(outcomes)
        if n_done < len(frames):
            counts["hung" if ending == signal.SIGALRM else "crashed"] += 1
            n_done += 1
    return counts


def _run_worker(
    decoder: Decoder, frames: Sequence[bytes], expected: NDArray[np.uint16]
) -> tuple[list[str], int]:
    """Outcomes of a forked process until it ends, and the signal that ended it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES,) * 2)
        for frame in frames:
            signal.alarm(TIME_LIMIT_S)
            os.write(writer, bytes([OUTCOMES.index(_outcome(decoder, frame, expected))]))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        outcomes = [OUTCOMES[code] for code in pipe.read()]
    _, status = os.waitpid(child, 0)
    return outcomes, os.WTERMSIG(status)


def _outcome(decoder: Decoder, frame: bytes, expected: NDArray[np.uint16]) -> str:
    try:
        return "exact" if np.array_equal(decoder(frame), expected) else "wrong_pixels"
    except (Rejected, imagecodecs.LjpegError, imagecodecs.Jpegsof3Error):
        return "rejected"
    except Unsupported:
        return "unsupported"
    except Exception:  # noqa: BLE001 - any other is what the test looks for
        return "error"


def main(n: int) -> None:
    """Print the counts of each decoder, over `n` damaged frames, as JSON.

    The frame says 16 bits of a 12-bit image, as dcmtk's does; only the last decoder is told.
    """
    values = mammogram_like(320, 256, 12)
    frame = encode_jpeg_lossless(values, 16)
    frames = [damage(frame, seed) for seed in range(n)]
    decoders: dict[str, Decoder] = {
        "imagecodecs.ljpeg": imagecodecs.ljpeg_decode,
        "imagecodecs.jpegsof3": imagecodecs.jpegsof3_decode,
        "ours": partial(decode_jpeg_lossless, rows=320, columns=256),
        "ours, told bits stored": partial(
            decode_jpeg_lossless, rows=320, columns=256, bits_stored=12
        ),
    }
    counts = {
        name: count_outcomes(decoder, frames, values) for name, decoder in decoders.items()
    }
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 420)
