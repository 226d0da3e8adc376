"""What an import found, as tables on a terminal: counts, labels, what is bad or absent.

It shows the report that `tasks.datasets.importing` made; `--json` keeps the same for scripts.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

Tree = dict[str, Any]
_WIDTH = 100
_N_EXAMPLES = 3


def show_import(report: Tree) -> None:
    """Print a report: tables first, then sentences."""
    console = Console(width=_WIDTH, highlight=False)
    console.print(report["title"], _counts(report), sep="\n")
    console.print("Labels", _labels(report["labels"]), sep="\n")
    if troubles := list(_troubles(report)):
        table = _table(["what", "n", "reason"], troubles)
        console.print("Set aside, with the reason", table, sep="\n")
    for sentence in (*report["absent"], *report["notes"]):
        typer.echo(sentence)
    written = report["written_now"]
    typer.echo(
        f"{written['images']} images and {written['labels_without_image']} labels without "
        f"image written to {report['lake_url']}."
    )


def _counts(report: Tree) -> Table:
    published = report["published"]
    names = [*report["found"], *(name for name in published if name not in report["found"])]
    rows = [
        (name, str(report["found"].get(name, 0)), str(published.get(name, "-")))
        for name in names
    ]
    return _table(["", "found", "published"], rows)


def _labels(labels: dict[str, dict[str, int]]) -> Table:
    rows = [
        (name.replace("_", " "), ", ".join(f"{value} {n}" for value, n in counts.items()))
        for name, counts in labels.items()
    ]
    return _table(["column", "values with their counts"], rows)


def _troubles(report: Tree) -> Iterable[tuple[str, str, str]]:
    for kind in ("bad_rows", "rejected_images", "remarks"):
        for reason, rows in report[kind].items():
            examples = ", ".join(rows["examples"][:_N_EXAMPLES])
            yield kind.replace("_", " "), str(rows["n"]), f"{reason} ({examples})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in head:
        is_count = name in {"found", "published", "n"}
        table.add_column(name, justify="right" if is_count else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
