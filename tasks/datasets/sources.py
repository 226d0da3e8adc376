"""The files of a set's folder: CSV tables with their columns checked, and files by name.

A missing file or column is a sentence that says what to do; it interprets no value.
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from tasks.errors import Misconfigured


def require(path: Path, what: str) -> Path:
    """A path that has to exist.

    Raises:
        Misconfigured: If it does not.
    """
    if not path.exists():
        raise Misconfigured(
            f"{path} is absent: {what}. Point --from at the folder that holds it."
        )
    return path


def read_csv(path: Path, columns: Iterable[str], delimiter: str = ",") -> list[dict[str, str]]:
    """Read a table as text; quoted values keep their newlines.

    Args:
        path: In UTF-8, with or without a mark.
        columns: That it must have; an underscore and a blank in a name are the same.
        delimiter: Between values.

    Raises:
        Misconfigured: If the file or a column is absent, or it is no text.
    """
    require(path, "the table of the set")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Misconfigured(f"{path} is no CSV table in UTF-8: {error}.") from error
    rows = [_plain(row) for row in rows]
    present = set(rows[0]) if rows else set[str]()
    if absent := sorted(set(columns) - present):
        raise Misconfigured(
            f"{path} lacks the columns {', '.join(absent)}: it holds "
            f"{', '.join(sorted(present)) or 'no row'}. Take the set's official file."
        )
    return rows


def _plain(row: Mapping[str | None, str | list[str] | None]) -> dict[str, str]:
    """Column names with blanks, values without the white space around them."""
    return {
        name.replace("_", " ").strip(): value.strip() if isinstance(value, str) else ""
        for name, value in row.items()
        if name is not None
    }


def folders_by_name(source: Path, names: Iterable[str]) -> dict[str, Path]:
    """Find folders anywhere below a folder by their own names."""
    wanted = set(names)
    return {
        folder.name: folder
        for folder in source.rglob("*")
        if folder.name in wanted and folder.is_dir()
    }


def existing(path: Path) -> Path | None:
    """The path, or None where no file is."""
    return path if path.is_file() else None
