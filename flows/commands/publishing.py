"""Commands that hand results out and take outcomes in: list, outcomes import."""

from datetime import datetime
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


class FileKind(StrEnum):
    """What a file of the programme's registers is about."""

    OUTCOMES = "outcomes"
    REGISTRATIONS = "registrations"
    FOLLOW_UPS = "follow-ups"
    TARGETS = "targets"


@outcomes.command("import")
def import_outcomes(
    path: Annotated[
        Path,
        typer.Argument(
            help="CSV in UTF-8, separated by ; or comma, or a FHIR R4 Bundle of outcomes as "
            "JSON. docs/exports.md names the columns and codes.",
            metavar="FILE",
            exists=True,
            dir_okay=False,
        ),
    ],
    kind: Annotated[
        FileKind,
        typer.Option(
            help="outcomes: of readers and pathology; registrations: comuna, insurance, first "
            "screen; follow-ups: biopsies, tumours, dates; targets: women to reach."
        ),
    ] = FileKind.OUTCOMES,
) -> None:
    """Take a table of the programme's registers in; the same file twice changes nothing.

    One line or entry that cannot be used, and nothing is imported: each is told by number.
    """
    from flows.importing_outcomes import import_register_file

    n_changed = import_register_file(path, kind.value)
    typer.echo(f"{n_changed} rows of {kind.value} are new or changed.")
