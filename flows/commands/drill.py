"""The command that breaks nights on purpose."""

import json
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
        Path | None, typer.Option(help="Keep lakes and logs here; a folder that is new.")
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
    from flows.drill.report import as_json, as_text
    from flows.drill.runs import Drill, DrillRun
    from flows.services import load_settings

    if unknown := set(fault or ()) - set(FAULT_NAMES):
        raise typer.BadParameter(
            f"No fault {', '.join(sorted(unknown))}: choose of {', '.join(FAULT_NAMES)}.",
            param_hint="--fault",
        )
    done: list[DrillRun] = []
    with TemporaryDirectory(prefix="smart-mammo-drill-") as folder:
        settings = load_settings().model_copy(update={"home": home or Path(folder)})
        for run in Drill(settings, seed, typer.echo).run(runs, fault or FAULT_NAMES):
            done.append(run)
            if json_path:
                json_path.write_text(json.dumps(as_json(done), indent=2) + "\n")
    typer.echo(as_text(done))
    is_clean = all(run.verdict.is_clean and run.is_finished for run in done)
    raise typer.Exit(0 if is_clean else 1)
