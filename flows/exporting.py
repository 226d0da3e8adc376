"""A published list as a file: `mammo list`.

It reads the lake and writes one file; `reports_app.exports` puts the rows into words.
"""

from datetime import date
from pathlib import Path

from flows.services import existing_lake, load_settings
from reports_app.data import Reports
from reports_app.exports import list_csv, list_json, list_xlsx
from reports_app.links import LIST_PATH, Address
from tasks.errors import Misconfigured

_WRITERS = {"csv": list_csv, "xlsx": list_xlsx, "json": list_json}


def export_list(out: Path, kind: str, day: date | None, language: str) -> tuple[date, int]:
    """Write the list of a day, or the newest one.

    Args:
        out: The file.
        kind: csv, xlsx or json.
        day: Of the list; None: the newest.
        language: es or en.

    Returns:
        The list's day, and how many exams it has.

    Raises:
        Misconfigured: If there is no lake or no such list, or the file cannot be written.
    """
    lake = existing_lake(load_settings())
    reports = Reports(lake)
    dates = reports.list_dates()
    if not dates or (day or dates[0]) not in dates:
        newest = f"the newest is of {dates[0]}" if dates else "run `mammo campaign` first"
        raise Misconfigured(f"{lake.url} has no list{f' of {day}' if day else ''}: {newest}.")
    rows = reports.priority_list(day or dates[0])
    address = Address(LIST_PATH, {"lang": (language,)})
    write_file(out, _WRITERS[kind](address, rows))
    return day or dates[0], rows.height


def write_file(path: Path, data: bytes) -> None:
    """Write a file that somebody asked for.

    Raises:
        Misconfigured: If it cannot be written.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}.") from error
