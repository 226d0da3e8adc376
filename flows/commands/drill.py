"""The command that breaks nights on purpose."""

import json
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from flows.commands.options import JsonPath

app = typer.Typer()

FAULT_NAMES = (
    "kill_night",
    "kill_worker",
    "kill_triton",
    "kill_triton_stub",
    "kill_s3",
    "kill_prefect",
    "spoilt_answers",
    "throttled_lists",
    "triton_slow",
    "triton_refuses",
    "triton_nan",
    "full_disk",
    "two_nights",
    "late_view",
    "replaced_object",
)
"""As `flows.drill.faults` has them, which is slow to import; a test compares."""


@app.command()
def drill(
    runs: Annotated[
        int, typer.Option(help="Nights to break; the faults come in turn.", min=1)
    ] = 15,
    fault: Annotated[
        list[str] | None,
        typer.Option(help=f"Only this one, or these; of {', '.join(FAULT_NAMES)}."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of moments and choices.")] = 1,
    home: Annotated[
        Path | None,
        typer.Option(
            help="Keep lakes, logs and results here. One that was stopped goes on; after an "
            "update begin with a folder that is new."
        ),
    ] = None,
    json_path: JsonPath = None,
) -> None:
    """Break nights on servers of their own, and prove that nothing is lost or doubled.

    Kills the night, a worker, Triton, its model process, the S3 server or Prefect's; spoils
    answers of the store and of Triton; throttles listings; lets files grow no more; starts two
    nights at once; stores a view late; replaces an object. Then nights run until one finishes,
    and its tables are held to a quiet night's. The programme's own bucket and lake are not
    touched. About 30 s a run.
    """
    from flows.drill.record import read_record, write_record
    from flows.drill.report import as_json, as_text
    from flows.drill.runs import Drill
    from flows.services import load_settings

    if unknown := set(fault or ()) - set(FAULT_NAMES):
        raise typer.BadParameter(
            f"No fault {', '.join(sorted(unknown))}: choose of {', '.join(FAULT_NAMES)}.",
            param_hint="--fault",
        )
    faults = fault or list(FAULT_NAMES)
    with TemporaryDirectory(prefix="smart-mammo-drill-") as folder:
        settings = load_settings().model_copy(update={"home": home or Path(folder)})
        done = read_record(settings.home, seed)[:runs]
        _check_faults([run.fault for run in done], faults, settings.home)
        if len(done) < runs:
            for run in Drill(settings, seed, typer.echo).run(runs, faults, first=len(done)):
                done.append(run)
                write_record(settings.home, seed, done)
                _write(json_path, as_json(done))
    _write(json_path, as_json(done))
    typer.echo(as_text(done))
    is_clean = all(run.verdict.is_clean and run.is_finished for run in done)
    raise typer.Exit(0 if is_clean else 1)


def _check_faults(done: Sequence[str], faults: Sequence[str], home: Path) -> None:
    """Raise where the runs of a home did not break nights by these faults in turn."""
    if list(done) != list(islice(cycle(faults), len(done))):
        raise typer.BadParameter(
            f"{home} holds runs of other faults: name a folder that is new.",
            param_hint="--home",
        )


def _write(path: Path | None, figures: Mapping[str, object]) -> None:
    if path:
        path.write_text(json.dumps(figures, indent=2) + "\n")
