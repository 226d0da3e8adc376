"""Imports a published data set: its licence accepted, its counts shown, its tables written.

It refuses without an accepted licence, and goes on where a former import was ended.
"""

import json
from pathlib import Path
from typing import Any

import typer

from flows.import_report import show_import
from flows.progress import progress_bars
from flows.services import build_lake, load_settings
from tasks.datasets.catalogue import IMPORTERS, describe_licence, find_importer
from tasks.datasets.importing import import_reading
from tasks.datasets.leakage import check_leakage, hash_images
from tasks.datasets.sources import require
from tasks.errors import Misconfigured
from tasks.lake.schemas import LABELS
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool


def run_import(
    name: str,
    source: Path,
    *,
    accept_licence: bool,
    lake_url: str | None = None,
    json_path: Path | None = None,
) -> dict[str, Any]:
    """Import a data set from a folder in its official layout.

    Args:
        name: Of the data set, such as mini-mias.
        source: The folder.
        accept_licence: Whether the set's licence, which is printed, is accepted.
        lake_url: Where its tables are written; below the programme's home if left out, a lake
            for each set.
        json_path: Where the report is also written.

    Returns:
        The report: counts found and published, what is absent or bad, what was written.

    Raises:
        Misconfigured: If the set is unknown, its licence not accepted, or its folder not of the
            official layout.
        ContractViolation: If the set's own split puts a patient or a near-copy on both sides:
            the tables are written, but must not be trained on as they are.
    """
    importer = find_importer(name)
    typer.echo(describe_licence(importer.CARD), err=True)
    if not accept_licence:
        raise Misconfigured("Read the licence above; to accept it, add --accept-licence.")
    require(source, f"the folder of {name}")
    settings = load_settings()
    url = lake_url or str(settings.home / "datasets" / name)
    lake = build_lake(settings.model_copy(update={"lake_url": url}))
    pool = WorkerPool(
        settings.n_workers, settings.decode_timeout_s, settings.worker_memory_limit_bytes
    )
    with progress_bars(), pool:
        report = import_reading(lake, importer.CARD, importer.read(source), pool)
    report["lake_url"] = url
    show_import(report)
    report["split"] = _check_split(lake)
    if json_path:
        json_path.write_text(json.dumps(report, indent=2))
    return report


def imported_lake(data: str, source: Path | None, *, accept_licence: bool) -> Path:
    """The lake of a set, by its name or its own folder; filled first where files are given.

    Args:
        data: Name of a set, or the folder of its lake.
        source: Folder to import the named set from first.
        accept_licence: Of the set that is imported.
    """
    if source is not None:
        return Path(run_import(data, source, accept_licence=accept_licence)["lake_url"])
    return load_settings().home / "datasets" / data if data in IMPORTERS else Path(data)


def _check_split(lake: Lake) -> dict[str, int]:
    """Refuse an official split that leaks; without a split there is nothing to hash."""
    labels = lake.read(LABELS)
    n_sides = labels["split"].drop_nulls().n_unique()
    return check_leakage(labels, hash_images(lake) if n_sides > 1 else {})
