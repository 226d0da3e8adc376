"""Looks for texts in every file below a lake's URL, whatever version or table it belongs to.

It reads files, not tables: what no version names any more is searched too. Payloads of bytes
(pixels, saliency maps) are the one thing that it does not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from tasks.lake.files import LakeFiles
from tasks.lake.parquet_rows import footer_of, texts_of


@dataclass(frozen=True)
class Searched:
    """What was searched, and where something was found.

    Args:
        n_files: Files read.
        n_texts: Values of their text columns, footers, and files that are text themselves.
        found_in: Paths of the files that hold one of the texts.
        unreadable: Paths of the files that could not be searched.
    """

    n_files: int
    n_texts: int
    found_in: tuple[str, ...]
    unreadable: tuple[str, ...]


def search(
    files: LakeFiles, wanted: frozenset[str], ignored_folders: tuple[str, ...] = ()
) -> Searched:
    """Search every file for some texts; they are found as parts of values, too."""
    ignored = tuple(f"{folder}/" for folder in ignored_folders)
    paths = [path for path in files.sizes() if not path.startswith(ignored)]
    n_texts, found, unreadable = 0, list[str](), list[str]()
    for path in paths:
        try:
            n_read, is_found = search_file(files, path, wanted)
        except pa.ArrowInvalid:
            unreadable.append(path)
            continue
        n_texts += n_read
        found += [path] if is_found else []
    return Searched(len(paths), n_texts, tuple(found), tuple(unreadable))


def search_file(files: LakeFiles, path: str, wanted: frozenset[str]) -> tuple[int, bool]:
    """Search one file.

    Returns:
        How many texts were read, and whether one of `wanted` is in them.

    Raises:
        pyarrow.ArrowInvalid: If it is no whole Parquet file but should be.
    """
    patterns, n_texts, is_found = sorted(wanted), 0, False
    for texts in _texts(files, path):
        n_texts += texts.len()
        is_found = is_found or bool(texts.str.contains_any(patterns).any())
    return n_texts, is_found


def _texts(files: LakeFiles, path: str) -> Iterator[pl.Series]:
    if not path.endswith(".parquet"):
        yield pl.Series([files.read(path).decode("utf-8", "replace")])
        return
    with files.open(path) as source:
        yield from texts_of(source)
        yield pl.Series([footer_of(source).decode("latin-1")])
