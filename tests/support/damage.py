"""Seeded damage to whole DICOM files, in five kinds, over every transfer syntax."""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from pydicom.uid import UID

from tasks.errors import Rejected
from tasks.preprocess.codecs import CODECS
from tasks.preprocess.transform import make_network_input
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.headers import read_bytes
from tests.support.mammograms import draw_breast

Mutator = Callable[[bytearray, np.random.Generator], bytes]

SYNTAXES = tuple(sorted(CODECS))


@cache
def whole_file(syntax: UID) -> bytes:
    """A sound mammogram in a transfer syntax."""
    is_eight_bit = syntax == "1.2.840.10008.1.2.4.50"
    stored = draw_breast(64, 48)
    stored = (stored // 16).astype(np.uint8) if is_eight_bit else stored
    return build_mammogram_bytes(stored, transfer_syntax_uid=syntax)


def _flip(data: bytearray, rng: np.random.Generator) -> bytes:
    for at in rng.integers(0, len(data), int(rng.integers(1, 33))):
        data[at] ^= 1 << int(rng.integers(8))
    return bytes(data)


def _truncate(data: bytearray, rng: np.random.Generator) -> bytes:
    return bytes(data[: int(rng.integers(len(data)))])


def _overwrite(data: bytearray, rng: np.random.Generator) -> bytes:
    at, n = int(rng.integers(len(data))), int(rng.integers(1, 300))
    data[at : at + n] = rng.bytes(min(n, len(data) - at))
    return bytes(data)


def _splice(data: bytearray, rng: np.random.Generator) -> bytes:
    source, target = (int(at) for at in rng.integers(0, len(data), 2))
    data[target:target] = data[source : source + int(rng.integers(1, 500))]
    return bytes(data)


def _lie(data: bytearray, rng: np.random.Generator) -> bytes:
    """Four bytes of the largest values, where a length may stand."""
    at = int(rng.integers(128, len(data) - 4)) & ~1
    lies = (0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF, 0x10000, 0)
    data[at : at + 4] = lies[int(rng.integers(len(lies)))].to_bytes(4, "little")
    return bytes(data)


MUTATORS: tuple[Mutator, ...] = (_flip, _truncate, _overwrite, _splice, _lie)


def damaged_files(n: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Files with a name of their syntax, kind and number; each pair comes equally often."""
    for number in range(n):
        syntax = SYNTAXES[number % len(SYNTAXES)]
        mutate = MUTATORS[number // len(SYNTAXES) % len(MUTATORS)]
        rng = np.random.default_rng([seed, number])
        name = f"{number:06} {syntax.name} {mutate.__name__.strip('_')}"
        yield name, mutate(bytearray(whole_file(syntax)), rng)


def take_in(named: tuple[str, bytes]) -> str:
    """Through the door and to the network input: a reason, or accepted; runs in a worker."""
    result = read_bytes(named[1])
    if result.reason is not None:
        return result.reason.value
    try:
        make_network_input(named[1])
    except Rejected as error:
        return error.reason.value
    return "accepted"
