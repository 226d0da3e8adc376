"""Shows how far a night is: one bar a stage on a terminal, a line now and then elsewhere.

It listens to `smart_mammo.progress`; the steps do not know that anyone looks.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from tasks.run import PROGRESS


class LineHandler(logging.Handler):
    """Prints a line for each tenth of a stage, where nobody can see a bar."""

    def __init__(self) -> None:
        super().__init__()
        self._last: tuple[str, int] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record if it opens another tenth."""
        values = vars(record)
        tenth = (values["stage"], 10 * values["done"] // max(values["total"], 1))
        if tenth != self._last:
            self._last = tenth
            typer.echo(record.getMessage(), err=True)


class BarHandler(logging.Handler):
    """Turns progress records into bars."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Move the bar of the record's stage."""
        values = vars(record)
        stage = values["stage"]
        if stage not in self._bars:
            self._bars[stage] = self._progress.add_task(stage, total=values["total"])
        self._progress.update(
            self._bars[stage], completed=values["done"], total=values["total"]
        )


@contextmanager
def progress_bars() -> Generator[None]:
    """Show the progress of what runs inside."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        handler = BarHandler(progress) if console.is_terminal else LineHandler()
        PROGRESS.addHandler(handler)
        PROGRESS.setLevel(logging.INFO)
        try:
            yield
        finally:
            PROGRESS.removeHandler(handler)


def tell_epochs() -> None:
    """Show what a training logs: where it computes, and how each epoch went."""
    logging.basicConfig(format="%(asctime)s %(message)s")  # unless Prefect was faster
    for room in ("flows", "models"):
        logging.getLogger(room).setLevel(logging.INFO)
