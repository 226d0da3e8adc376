"""Commands that write what is taken away: sr, report, statistics."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.publishing import ListLanguage

if TYPE_CHECKING:
    from reports_app.campaign import CampaignFilter

app = typer.Typer()
report = typer.Typer(help="An exam or the campaign as a document.")
app.add_typer(report, name="report")

Exam = Annotated[str, typer.Argument(help="Exam key, or its first 8 digits or more.")]
Language = Annotated[ListLanguage, typer.Option(help="Of the words.")]
Out = Annotated[Path, typer.Option(help="File to write.", dir_okay=False)]


class DicomKind(StrEnum):
    """The kinds of DICOM object that an exam's result is written as."""

    MEASUREMENTS = "sr"
    CAD = "cad"
    CAPTURE = "sc"
    DOCUMENT = "pdf"


class ExamFormat(StrEnum):
    """The kinds of file that an exam's result is written as."""

    PDF = "pdf"
    FHIR = "fhir"


class StatisticsFormat(StrEnum):
    """The kinds of file that statistics are written as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    CANSCREEN5 = "canscreen5"


class Grouping(StrEnum):
    """What indicators may be compared by."""

    SITE = "site"
    MANUFACTURER = "manufacturer"
    AGE_BAND = "age_band"
    COMUNA = "comuna"
    INSURANCE_TIER = "insurance_tier"
    IS_MOBILE = "is_mobile"
    WEEK = "week"


FirstDay = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the exams."),
]
LastDay = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of the exams.")
]
Sites = Annotated[list[str] | None, typer.Option("--site", help="Only this site; repeatable.")]
Makers = Annotated[
    list[str] | None, typer.Option("--manufacturer", help="Only this one; repeatable.")
]
Ages = Annotated[
    list[str] | None,
    typer.Option("--age", help="Only under_40, 40_49, 50_59, 60_69 or 70_over; repeatable."),
]
Comunas = Annotated[
    list[str] | None, typer.Option("--comuna", help="Only this comuna; repeatable.")
]


@app.command("sr")
def write_dicom(
    exam: Exam,
    out: Annotated[Path, typer.Option(help="Folder of the objects.", file_okay=False)],
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    kind: Annotated[
        list[DicomKind] | None,
        typer.Option(
            help="sr: scores and regions (TID 1500); cad: marks for workstations (TID 4000); "
            "sc: the report as pictures; pdf: the report itself. All if left out."
        ),
    ] = None,
    language: Language = ListLanguage.SPANISH,
) -> None:
    """Write an exam's result as DICOM objects of its study, for a PACS.

    They carry the woman's identity, read from the bucket again: it needs SMART_MAMMO_ROLE, and
    each use is recorded.
    """
    from flows import custody, reporting

    kinds = [item.value for item in kind or DicomKind]
    with custody.custody(typer.echo) as held:
        asker = held.asker(reason)
        paths = reporting.write_dicom(held, exam, asker, kinds, language.value, out)
    for path in paths:
        typer.echo(path)


@report.command("exam")
def report_exam(
    exam: Exam,
    out: Out,
    kind: Annotated[
        ExamFormat,
        typer.Option(
            "--format", help="pdf with images and regions; fhir: a bundle of R4 resources."
        ),
    ] = ExamFormat.PDF,
    language: Language = ListLanguage.SPANISH,
) -> None:
    """Write an exam's result for people or for another system; pseudonyms only."""
    from flows.exporting import write_file
    from flows.reporting import exam_document, find_result
    from flows.services import existing_lake, load_settings

    lake = existing_lake(load_settings())
    result = find_result(lake, exam)
    write_file(out, exam_document(lake, result, kind.value, language.value))
    typer.echo(f"Written: {out}, exam {result.exam_key[:8]}.")


@report.command("campaign")
def report_campaign(
    out: Out,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    site: Sites = None,
    manufacturer: Makers = None,
    age: Ages = None,
    comuna: Comunas = None,
    language: Language = ListLanguage.SPANISH,
) -> None:
    """Write the campaign as a PDF: volumes, every indicator, figures; nobody's exam."""
    from flows.exporting import write_file
    from flows.reporting import campaign_document
    from flows.services import existing_lake, load_settings

    chosen = _filter(first_day, last_day, site, manufacturer, age, comuna)
    lake = existing_lake(load_settings())
    write_file(out, campaign_document(lake, chosen, "pdf", None, language.value))
    typer.echo(f"Written: {out}")


@app.command("statistics")
def write_statistics(
    out: Out,
    kind: Annotated[
        StatisticsFormat,
        typer.Option("--format", help="csv and xlsx in words; json; CanScreen5's counts."),
    ] = StatisticsFormat.CSV,
    by: Annotated[
        Grouping | None, typer.Option(help="Also every indicator in each group of this.")
    ] = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    site: Sites = None,
    manufacturer: Makers = None,
    age: Ages = None,
    comuna: Comunas = None,
    language: Language = ListLanguage.SPANISH,
) -> None:
    """Write every indicator: numerator, denominator, 95 % interval, benchmark, what is missing.

    Counts of 1 to 4 are hidden, and those that would give them away.
    """
    from flows.exporting import write_file
    from flows.reporting import campaign_document
    from flows.services import existing_lake, load_settings

    chosen = _filter(first_day, last_day, site, manufacturer, age, comuna)
    lake = existing_lake(load_settings())
    group = by.value if by else None
    write_file(out, campaign_document(lake, chosen, kind.value, group, language.value))
    typer.echo(f"Written: {out}")


def _filter(
    first_day: datetime | None, last_day: datetime | None, *values: list[str] | None
) -> "CampaignFilter":
    from reports_app.campaign import CampaignFilter

    first, last = (day.date() if day else None for day in (first_day, last_day))
    sites, makers, ages, comunas = (tuple(value or ()) for value in values)
    return CampaignFilter(first, last, sites, makers, ages, comunas)
