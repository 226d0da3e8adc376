"""Commands that hand results out and take outcomes in: list, outcomes import."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
outcomes = typer.Typer(help="What readers, pathology and registers found.")
app.add_typer(outcomes, name="outcomes")


class ListFormat(StrEnum):
    """The kinds of file that a list is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class ListLanguage(StrEnum):
    """The app's languages."""

    SPANISH = "es"
    ENGLISH = "en"


@app.command("list")
def export_list(
    out: Annotated[Path, typer.Option(help="File to write.", dir_okay=False)],
    kind: Annotated[
        ListFormat, typer.Option("--format", help="csv and xlsx in words, json as stored.")
    ] = ListFormat.CSV,
    list_date: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="Of the list; the newest if left out."
        ),
    ] = None,
    language: Annotated[
        ListLanguage, typer.Option(help="es writes for Excel in es-CL.")
    ] = ListLanguage.SPANISH,
) -> None:
    """Write a published priority list as a file, with pseudonyms only."""
    from flows.exporting import export_list as export

    day, n_exams = export(
        out, kind.value, list_date.date() if list_date else None, language.value
    )
    typer.echo(f"Written: {out}, the list of {day} with {n_exams} exams.")


@outcomes.command("import")
def import_outcomes(
    path: Annotated[
        Path,
        typer.Argument(
            help="CSV in UTF-8, separated by ; or comma. Columns: exam_key (examen), "
            "breast (mama), source (fuente), birads_assessment (birads), breast_density "
            "(densidad), recalled (rellamada), is_malignant (cancer), read_date "
            "(fecha_lectura).",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ],
) -> None:
    """Take outcomes in from the programme's table; the same file twice changes nothing.

    One line that cannot be used, and nothing is imported: each is told with its number.
    """
    from flows.services import build_lake, load_settings
    from tasks.publish import outcome_file

    n_changed = outcome_file.import_outcomes(
        build_lake(load_settings()),
        path.read_bytes(),
        "mammo outcomes import",
        datetime.now(UTC),
    )
    typer.echo(f"{n_changed} outcomes are new or changed.")
