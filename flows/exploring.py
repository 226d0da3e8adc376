"""Shows an imported set: `mammo explore` writes a page to keep and its figures as JSON.

It reads a lake and writes one folder.
"""

import json
from pathlib import Path

from flows.services import build_lake, load_settings
from reports_app.exploration_report import render_exploration
from reports_app.kept_reports import KeptReports
from tasks.datasets.catalogue import IMPORTERS
from tasks.datasets.exploration import explore
from tasks.errors import Misconfigured
from tasks.lake.store import Lake


def lake_of(data: str) -> Lake:
    """The lake of an imported set, by the set's name or by its folder or address."""
    settings = load_settings()
    url = str(settings.home / "datasets" / data) if data in IMPORTERS else data
    return build_lake(settings.model_copy(update={"lake_url": url}))


def kept_reports() -> KeptReports:
    """Where reports go that name no folder: the app's pages show them."""
    return KeptReports.below(load_settings().home)


def run_exploration(data: str, out: Path) -> list[Path]:
    """Explore a set.

    Args:
        data: Name of an imported set, or the folder or address of its lake.
        out: Folder to write to; made if absent.

    Returns:
        The files written: the page and its figures.

    Raises:
        Misconfigured: If nothing was imported there, or the folder cannot be written.
    """
    figures = explore(lake_of(data))
    page, numbers = out / "exploration.html", out / "exploration.json"
    try:
        out.mkdir(parents=True, exist_ok=True)
        page.write_text(render_exploration(figures), encoding="utf-8")
        numbers.write_text(json.dumps(figures, indent=1, allow_nan=False), encoding="utf-8")
    except OSError as error:
        raise Misconfigured(
            f"{out} cannot be written ({error}): name another --out."
        ) from error
    return [page, numbers]
