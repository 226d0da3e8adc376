"""Fuzzes every parser of hostile bytes, guided by coverage (atheris, an extra).

`python -m tests.support.fuzz SECONDS FOLDER` keeps its corpus and what it finds below FOLDER,
and ends with another code than 0 where a parser let an exception out that it may not.
"""

import sys
from pathlib import Path

import atheris

MAX_INPUT_BYTES = 1 << 16

COMPILED = [
    "tasks.preprocess.compiled",
    "tasks.preprocess.jpeg_lossless_bytes",
    "tasks.preprocess.jpeg_lossless_kernels",
    "tasks.preprocess.jpeg_lossless_prediction",
    "tasks.synthetic.jpeg_lossless",
]
"""By numba, which takes no instruments."""

with atheris.instrument_imports(include=["tasks", "pydicom"], exclude=COMPILED):
    from tests.support.parsers import parse, seeds


def fuzz(seconds: int, folder: Path) -> None:
    """Fuzz for a time; ends this process."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    arguments = [
        f"-max_total_time={seconds}",
        f"-max_len={MAX_INPUT_BYTES}",
        "-timeout=20",
        "-rss_limit_mb=3000",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup([sys.argv[0], *arguments], one_input)
    atheris.Fuzz()


def one_input(data: bytes) -> None:
    """What the fuzzer calls."""
    parse(data)


if __name__ == "__main__":
    fuzz(int(sys.argv[1]), Path(sys.argv[2]))
