"""Commands of a night: the demonstration, the local stack, one night now, the doctor."""

import json
from datetime import date
from typing import Annotated

import typer

from flows.commands.options import JsonPath

app = typer.Typer()


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


@app.command("app")
def serve_app() -> None:
    """Serve the app alone, on 127.0.0.1, over the lake that settings name, until Ctrl-C.

    For a host whose nights run elsewhere. A TLS proxy on the same machine lets people in:
    SMART_MAMMO_APP_URL is the address that they use.
    """
    from flows.demo import run_app

    run_app()


@app.command()
def deploy(
    pool_type: Annotated[
        str | None,
        typer.Option(help="Of the work pool, where there is none yet: process, kubernetes …"),
    ] = None,
) -> None:
    """Put the night's schedule and its alarms on Prefect's server, by one command.

    The server is that of PREFECT_API_URL. Alarms are posted to SMART_MAMMO_ALARM_URL; without
    it a night that falls silent is marked as crashed, and nobody is called.
    """
    from flows.alarms import ensure_alarms
    from flows.schedule import SENTENCE, deploy_night
    from flows.services import alarm_url, load_settings, prefect_api_url

    if not (api_url := prefect_api_url()):
        raise typer.BadParameter("No server: set PREFECT_API_URL, or run `mammo up`.")
    deploy_night(pool_type)
    alarms = ensure_alarms(api_url, alarm_url(load_settings()))
    typer.echo(f"{SENTENCE} Alarms: {', '.join(alarms)}.")


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


def _parse_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no date: write YYYY-MM-DD.", param_hint="--date"
        ) from error
