"""Commands that write what is taken away: sr, report, statistics."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.publishing import ListLanguage

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
def report_exam(exam: Exam, out: Out, language: Language = ListLanguage.SPANISH) -> None:
    """Write an exam's result as a PDF with images and regions; pseudonyms only."""
    from flows.exporting import write_file
    from flows.reporting import exam_document, find_result
    from flows.services import build_lake, load_settings

    lake = build_lake(load_settings())
    result = find_result(lake, exam)
    write_file(out, exam_document(lake, result, language.value))
    typer.echo(f"Written: {out}, exam {result.exam_key[:8]}.")
