"""The `mammo` command: arguments in, an exit code and sentences out.

Exit codes: 0 done, 1 finished with a stated failure, 2 wrong use. The work is done elsewhere.
"""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tasks.errors import Misconfigured, SmartMammoError

app = typer.Typer(
    name="mammo",
    help="Smart Mammo: reads a screening campaign's mammograms and lists who is read first, and why. "
    "Research software, not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
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

    Everything is real and local: an S3 server, Triton, a Prefect server. A second run on the same
    SMART_MAMMO_HOME generates and scores only what is new. Ctrl-C ends everything it started.
    """
    from flows.demo import run_demo

    succeeded = run_demo(exams, seed, json_path, with_app=not no_app)
    raise typer.Exit(0 if succeeded else 1)


@app.command()
def up() -> None:
    """Run the local stack, the nightly schedule and the app in the foreground, until Ctrl-C."""
    from flows.demo import run_up

    run_up()


@app.command()
def campaign(
    list_date: Annotated[
        str | None,
        typer.Option("--date", help="YYYY-MM-DD, the list's date; today if left out."),
    ] = None,
    json_path: JsonPath = None,
) -> None:
    """Run one night now: score what is new in the bucket and publish the list."""
    from flows.night import run_night

    succeeded = run_night(_parse_date(list_date), json_path)
    raise typer.Exit(0 if succeeded else 1)


@app.command()
def doctor(json_path: JsonPath = None) -> None:
    """Check settings, bucket, lake, codecs, Triton and Prefect, and say what to do."""
    from flows.doctor import run_checks

    checks = run_checks()
    for check in checks:
        typer.secho(
            f"{'ok  ' if check.is_well else 'FAIL'}  {check.name}: {check.finding}",
            fg=None if check.is_well else "red",
        )
    if json_path:
        json_path.write_text(json.dumps([vars(check) for check in checks], indent=2))
    raise typer.Exit(0 if all(check.is_well for check in checks) else 1)


def _parse_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no date: write YYYY-MM-DD.", param_hint="--date"
        ) from error


if __name__ == "__main__":
    main()
