"""The `mammo` command: arguments in, an exit code and sentences out.

Exit codes: 0 done, 1 finished with a stated failure, 2 wrong use. The work is done elsewhere.
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tasks.errors import Misconfigured, SmartMammoError

app = typer.Typer(
    name="mammo",
    help="Smart Mammo: reads a screening campaign's mammograms and lists who is read first, "
    "and why. Research software, not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

JsonPath = Annotated[
    Path | None, typer.Option("--json", help="Also write the figures to this file.")
]


def main() -> None:
    """Run the command; an error on purpose becomes one sentence."""
    try:
        app()
    except Misconfigured as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(2)
    except SmartMammoError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(1)


@app.command()
def demo(
    exams: Annotated[int, typer.Option(help="Exams of the generated campaign.", min=1)] = 24,
    seed: Annotated[int, typer.Option(help="Seed of the generated campaign.")] = 1,
    no_app: Annotated[
        bool, typer.Option("--no-app", help="End after the night; for scripts.")
    ] = False,
    json_path: JsonPath = None,
) -> None:
    """Generate a campaign, run a night over it on this machine, and open the app.

    Everything is real and local: an S3 server, Triton, a Prefect server. A second run on the
    same SMART_MAMMO_HOME generates and scores only what is new. Ctrl-C ends everything.
    """
    from flows.demo import run_demo

    is_completed = run_demo(exams, seed, json_path, with_app=not no_app)
    raise typer.Exit(0 if is_completed else 1)


@app.command()
def up() -> None:
    """Run the local stack, the nightly schedule and the app, until Ctrl-C."""
    from flows.demo import run_up

    run_up()


@app.command()
def campaign(
    list_date: Annotated[
        str | None,
        typer.Option("--date", help="YYYY-MM-DD; today if left out."),
    ] = None,
    json_path: JsonPath = None,
) -> None:
    """Run one night now: score what is new in the bucket and publish the list.

    Servers that settings do not name are found in the stack of `mammo up`, or run meanwhile.
    """
    from flows.night import run_night

    is_completed = run_night(_parse_date(list_date), json_path)
    raise typer.Exit(0 if is_completed else 1)


@app.command()
def doctor(json_path: JsonPath = None) -> None:
    """Check settings, disk, lake, codecs, model, bucket, Triton and Prefect; say what to do."""
    from flows.doctor import run_checks

    checks = run_checks()
    for check in checks:
        line = f"{'ok  ' if check.is_well else 'FAIL'}  {check.name}: {check.finding}"
        typer.secho(line, fg=None if check.is_well else "red")
    if json_path:
        json_path.write_text(json.dumps([vars(check) for check in checks], indent=2) + "\n")
    raise typer.Exit(0 if all(check.is_well for check in checks) else 1)


@app.command("import")
def import_data_set(
    name: Annotated[str, typer.Argument(help="Such as mini-mias, cbis-ddsm, cdd-cesm.")],
    source: Annotated[Path, typer.Option("--from", help="Folder in the set's own layout.")],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="The licence is printed; you accept it.")
    ] = False,
    lake: Annotated[
        str | None, typer.Option(help="Lake to write; one a set if left out.")
    ] = None,
    json_path: JsonPath = None,
) -> None:
    """Import a public data set into tables, counted against its published counts."""
    from flows.importing import run_import

    counts = run_import(
        name, source, accept_licence=accept_licence, lake_url=lake, json_path=json_path
    )
    typer.echo(json.dumps(counts, indent=2, default=str))


@app.command()
def train(
    folder: Annotated[
        Path, typer.Option(help="Data and state of the run, about 1.5 GB.")
    ] = Path(".smart-mammo/training"),
    repository: Annotated[Path, typer.Option(help="Triton's model repository.")] = Path(
        "triton_repo"
    ),
    version: Annotated[str, typer.Option(help="Version to write.")] = "1",
    workers: Annotated[int, typer.Option(help="Processes that generate exams.", min=1)] = 2,
) -> None:
    """Generate exams, train the demonstration model, prove it and package it."""
    from flows.training import main as run_training

    run_training(folder, repository, version, workers)


@app.command()
def evaluate(
    scores: Annotated[Path, typer.Option(help="CSV or Parquet: scores and truth.")],
    out: Annotated[Path, typer.Option(help="Folder of the report.")],
    exam_column: Annotated[str, typer.Option(help="Names the exam.")],
    truth_column: Annotated[str, typer.Option(help="0 or 1: malignancy.")],
    breast_column: Annotated[str | None, typer.Option(help="Names the breast.")] = None,
    image_column: Annotated[str | None, typer.Option(help="Names the image.")] = None,
    patient_column: Annotated[str | None, typer.Option(help="Names the patient.")] = None,
    repeat_column: Annotated[str | None, typer.Option(help="Numbers repeats.")] = None,
    subgroup_column: Annotated[list[str] | None, typer.Option(help="Report by it too.")] = None,
    ignored_column: Annotated[list[str] | None, typer.Option(help="Not a scorer.")] = None,
    about: Annotated[Path | None, typer.Option(help="TOML: what no table can tell.")] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
) -> None:
    """Evaluate any system's scores: page, PDF, model card and figures as JSON.

    Every other numeric column of the table is a scorer.
    """
    from flows.evaluation import evaluate as run_evaluation

    files = run_evaluation(
        scores,
        out,
        exam_column=exam_column,
        truth_column=truth_column,
        breast_column=breast_column,
        image_column=image_column,
        patient_column=patient_column,
        repeat_column=repeat_column,
        subgroup_columns=tuple(subgroup_column or ()),
        ignored_columns=tuple(ignored_column or ()),
        about=about,
        seed=seed,
    )
    for path in (files.figures, files.page, files.document, files.model_card):
        typer.echo(path)


def _parse_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no date: write YYYY-MM-DD.", param_hint="--date"
        ) from error


if __name__ == "__main__":
    main()
