"""The demonstration: a generated campaign, a night over it and the app, all on this machine.

It makes nothing twice: a campaign that stands in the home's bucket is not generated again.
"""

import json
import os
import secrets
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import typer

from flows.local_stack import LocalStack
from flows.night import run_flow, use
from flows.progress import progress_bars
from flows.schedule import SENTENCE, nightly_schedule
from flows.services import (
    alarm_url,
    bucket_location,
    build_lake,
    load_settings,
    prefect_api_url,
)
from models.contract import LATERALITIES, VIEWS
from tasks.errors import Misconfigured
from tasks.ingest.object_store import ObjectStore
from tasks.run import report_progress
from tasks.settings import Settings
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.truth import ImageTruth, write_truth

LOOPBACK = "127.0.0.1"
IMAGES_PER_EXAM = len(LATERALITIES) * len(VIEWS)


def run_demo(n_exams: int, seed: int, json_path: Path | None, *, with_app: bool) -> bool:
    """Generate what is missing, run a night, and serve the app until Ctrl-C.

    Returns:
        Whether the night left nothing for the next run.
    """
    settings = load_settings()
    if with_app:
        check_port(settings.app_port)
    with LocalStack(settings, say=typer.echo) as stack, _until_interrupted():
        use(stack.addresses)
        os.environ.setdefault("SMART_MAMMO_QUIET_MINUTES", "0")  # a generated exam is whole
        settings = load_settings()
        with progress_bars():
            store_campaign(CampaignPlan(n_exams=n_exams, seed=seed), settings)
        is_completed = run_flow(None, json_path)
        if with_app:
            serve_app(settings)
        return is_completed
    return True


def run_app() -> None:
    """Serve the app alone, over the lake and the servers that settings name."""
    settings = load_settings()
    check_port(settings.app_port)
    with _until_interrupted():
        serve_app(settings)


def run_up() -> None:
    """Run the servers, the schedule and the app until Ctrl-C."""
    settings = load_settings()
    check_port(settings.app_port)
    with LocalStack(settings, say=typer.echo) as stack, _until_interrupted():
        use(stack.addresses)
        with nightly_schedule(settings.home):
            _raise_alarms()
            typer.echo(SENTENCE)
            serve_app(load_settings())


def _raise_alarms() -> None:
    from flows.alarms import ensure_alarms  # Prefect reads settings at import

    api_url = prefect_api_url() or ""
    ensure_alarms(api_url, alarm_url(load_settings()))


def store_campaign(plan: CampaignPlan, settings: Settings) -> None:
    """Generate a campaign into the bucket and its truth beside it, unless it is there.

    Raises:
        Misconfigured: If the home holds another campaign.
    """
    record, wanted = settings.home / "demo.json", _record_of(plan)
    if record.exists():
        _check_same(json.loads(record.read_text()), wanted, settings.home)
        return
    store = ObjectStore(bucket_location(settings))
    store.ensure_bucket()
    truths: list[ImageTruth] = []
    for n_objects, item in enumerate(generate_campaign(plan, settings.n_workers), 1):
        store.write(item.object_key, item.data)
        truths += [item.truth] if item.truth else []
        report_progress("generate", n_objects, IMAGES_PER_EXAM * plan.n_exams)
    write_truth(settings.home / "truth.jsonl", truths)
    record.write_text(json.dumps(wanted))


def _record_of(plan: CampaignPlan) -> dict[str, object]:
    return {"n_exams": plan.n_exams, "seed": plan.seed}


def _check_same(found: dict[str, object], wanted: dict[str, object], home: Path) -> None:
    if found != wanted:
        raise Misconfigured(
            f"{home} holds the generated campaign {found}, not {wanted}: set SMART_MAMMO_HOME "
            "to another folder, or remove this one."
        )


def check_port(port: int) -> None:
    """See that the app's port is free.

    Raises:
        Misconfigured: If it is not.
    """
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError as error:
            raise Misconfigured(
                f"Port {port} is in use: end what uses it, or set SMART_MAMMO_APP_PORT."
            ) from error


def serve_app(settings: Settings) -> None:
    """Serve the app on loopback until Ctrl-C, and print the link that opens it once."""
    from flows.app_services import build_app_services  # Dash takes seconds to import
    from flows.doors import allowed_hosts, build_sign_in
    from reports_app.access.sign_in import SIGN_IN_PATH
    from reports_app.app import create_app, serve

    door = build_sign_in(settings, one_time_token=secrets.token_urlsafe(24))
    typer.echo(f"The app: {settings.app_address}{SIGN_IN_PATH}/{door.one_time_token}")
    typer.echo(
        "That link works once; accounts are made by `mammo user add`. Ctrl-C ends everything."
    )
    hosts, services = allowed_hosts(settings), build_app_services(settings)
    app = create_app(build_lake(settings), door, hosts, services)
    serve(app, LOOPBACK, settings.app_port, behind_proxy=bool(settings.app_url))


@contextmanager
def _until_interrupted() -> Generator[None]:
    with suppress(KeyboardInterrupt):
        yield
