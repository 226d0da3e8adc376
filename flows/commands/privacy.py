"""Commands about one person: erase, export, re-identify; and what is on record about their use.

A Patient ID given as `-` is asked for and not shown: an argument stays in the shell's history
and in the list of processes.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.options import JsonPath

if TYPE_CHECKING:
    from flows.privacy import Request

app = typer.Typer()

Patient = Annotated[
    str | None,
    typer.Argument(help="Patient ID, in any usual spelling of a RUN; - asks for it."),
]
Exam = Annotated[
    str | None, typer.Option(help="An exam key of hers, where her ID is not known.")
]
Issuer = Annotated[
    list[str] | None,
    typer.Option(
        help="Issuer of the ID as the device writes it; every one in use if left out."
    ),
]
Reason = Annotated[str, typer.Option(help="Why; it is recorded.")]


@app.command()
def erase(
    reason: Reason,
    patient: Patient = None,
    exam: Exam = None,
    issuer: Issuer = None,
    with_objects: Annotated[
        bool, typer.Option("--with-objects", help="Delete her objects from the bucket, too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
    no_night_runs: Annotated[
        bool, typer.Option("--no-night-runs", help="Prefect is wrong: no night runs.")
    ] = False,
    json_path: JsonPath = None,
) -> None:
    """Erase a person from every table and every version of it, and prove it.

    Her objects are never taken in again. Stopped midway, the same command goes on.
    """
    from flows import custody, privacy

    request = _request(patient, exam, issuer)
    started_at = datetime.now(UTC)
    with custody.custody(typer.echo) as held:
        if not no_night_runs:
            custody.check_no_night()
        _confirm(privacy.describe(held, request), yes)
        asker = held.asker(reason)
        erasure, _ = privacy.erase(
            held, request, asker, with_objects=with_objects, say=typer.echo
        )
        if not no_night_runs:
            custody.check_no_night(started_at)
    typer.echo(privacy.in_counts(erasure))
    typer.echo(f"Proven: none of her pseudonyms is in {erasure.searched.n_files} files.")
    _write_json(json_path, asdict(erasure))


@app.command("export-subject")
def export_subject(
    out: Annotated[Path, typer.Option(help="New folder for the files.")],
    reason: Reason,
    patient: Patient = None,
    exam: Exam = None,
    issuer: Issuer = None,
    json_path: JsonPath = None,
) -> None:
    """Write everything that is held about a person, as files that she can read."""
    from flows import custody, privacy

    request = _request(patient, exam, issuer)
    with custody.custody(typer.echo) as held:
        counts = privacy.export(held, request, held.asker(reason), out)
    for name, n_rows in counts.items():
        typer.echo(f"{name}: {n_rows} rows")
    typer.echo(f"Written: {out}. Only this account can read it.")
    _write_json(json_path, counts)


@app.command()
def reidentify(
    reason: Reason,
    exam: Annotated[
        str | None, typer.Argument(help="Exam key, or its first 8 digits or more.")
    ] = None,
    rank: Annotated[
        int | None, typer.Option(help="Its rank on the list instead.", min=1)
    ] = None,
    list_date: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="Of the list; the newest if left out."
        ),
    ] = None,
) -> None:
    """Tell which woman an exam is of; needs SMART_MAMMO_ROLE, and each use is recorded."""
    from flows import custody, privacy

    if (exam is None) == (rank is None):
        raise typer.BadParameter("Give an exam key or --rank.", param_hint="EXAM")
    day = list_date.date() if list_date else None
    with custody.custody(typer.echo) as held:
        identity = privacy.reidentify(held, exam or rank or "", day, held.asker(reason))
    issuer = f" (issuer {identity.issuer})" if identity.issuer else ""
    typer.echo(f"Patient ID {identity.patient_id or 'not in the header'}{issuer}")
    typer.echo(f"Study Instance UID {identity.study_instance_uid}")


@app.command()
def audit(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """Show who re-identified, exported or erased whom, when and why; newest first."""
    from flows.services import existing_lake, load_settings
    from tasks.privacy.audit import uses

    rows = uses(existing_lake(load_settings())).to_dicts()
    if as_json:
        typer.echo(json.dumps(rows, indent=2, default=str))
        return
    for row in rows:
        typer.echo(
            f"{row['recorded_at']:%Y-%m-%d %H:%M} {row['action']:<10} {row['patient_key'][:8]} "
            f"by {row['operator']} ({row['role']}): {row['reason']!r}"
        )


@app.command("processing-record")
def processing_record(
    out: Annotated[Path | None, typer.Option(help="File; printed if left out.")] = None,
) -> None:
    """Write the record of processing that the law asks for, from what this version does."""
    from flows.services import load_settings, today
    from tasks.privacy.processing_record import page

    text = page(load_settings(), today())
    if out:
        out.write_text(text, encoding="utf-8")
    typer.echo(out or text, nl=out is not None)


def _request(patient: str | None, exam: str | None, issuer: list[str] | None) -> "Request":
    from flows.privacy import Request

    if (patient is None) == (exam is None):
        raise typer.BadParameter("Give a Patient ID or --exam.", param_hint="PATIENT")
    if patient == "-":
        patient = str(typer.prompt("Patient ID", hide_input=True))
    if patient is not None and not patient.strip():
        raise typer.BadParameter("The Patient ID is empty.", param_hint="PATIENT")
    return Request(patient, tuple(issuer or ()), exam)


def _confirm(what: str, yes: bool) -> None:
    typer.echo(what)
    if not yes:
        typer.confirm("This cannot be undone. Erase?", abort=True)


def _write_json(path: Path | None, figures: object) -> None:
    if path:
        path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
