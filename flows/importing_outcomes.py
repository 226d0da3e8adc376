"""What the programme's registers hand over, into the lake: `mammo outcomes import`.

It reads one file; `tasks.publish` checks it.
"""

from datetime import UTC, datetime
from pathlib import Path

from flows.services import build_lake, load_settings
from tasks.errors import Misconfigured
from tasks.publish.fhir.outcomes import import_bundle
from tasks.publish.register_files import FILE_KINDS
from tasks.publish.table_file import import_file

RECORDED_BY = "mammo outcomes import"


def import_register_file(path: Path, kind: str) -> int:
    """Import a CSV file of a kind, or a FHIR bundle of outcomes.

    Returns:
        How many rows were new or changed.

    Raises:
        TableFileError: If a line or an entry cannot be used.
        Misconfigured: If a bundle is given for anything but outcomes.
    """
    lake, data, now = build_lake(load_settings()), path.read_bytes(), datetime.now(UTC)
    if not data.lstrip().startswith(b"{"):
        return import_file(lake, FILE_KINDS[kind], data, RECORDED_BY, now)
    if kind != "outcomes":
        raise Misconfigured(f"{path} is a FHIR bundle: only outcomes come as one, not {kind}.")
    return import_bundle(lake, data, RECORDED_BY, now)
