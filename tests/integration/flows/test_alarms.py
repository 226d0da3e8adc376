"""Alarms on a real Prefect server: the condition comes, and a receiver is called."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events import emit_event
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Failed, Running, Scheduled

from flows.alarms import ALARMS, PREFIX, ensure_alarms
from flows.notices import DRIFT_EVENT
from flows.stack.prefect_server import EmbeddedPrefect
from tests.support.collector import Collector, collector

pytestmark = pytest.mark.integration

SHORT = timedelta(seconds=10)
"""The least that Prefect's server takes."""


@flow(name="campaign")
def night() -> None:
    """Stands in for the night: only its states matter here."""


@flow(name="upkeep")
def week() -> None:
    """Stands in for the week's upkeep."""


@flow(name="another")
def other_flow() -> None:
    """Is no night."""


@pytest.fixture
def client(prefect_server: EmbeddedPrefect) -> Iterator[SyncPrefectClient]:
    with (
        temporary_settings({PREFECT_API_URL: prefect_server.api_url}),
        get_client(sync_client=True) as one,
    ):
        yield one
        for automation in one.read_automations():
            one.delete_automation(automation.id)
        for run in one.read_flow_runs():
            one.delete_flow_run(run.id)


@pytest.fixture
def called(client: SyncPrefectClient, prefect_server: EmbeddedPrefect) -> Iterator[Collector]:
    """A receiver of alarms, raised without the patience of a programme."""
    EventsWorker.instance().drain()  # a run's own, if one began it here, names that run
    hurried = [replace(one, within=SHORT) if one.after else one for one in ALARMS]
    with collector() as receiver:
        ensure_alarms(prefect_server.api_url, f"{receiver.url}/hook?token=abc", hurried)
        yield receiver


def test_each_condition_calls_the_receiver(client: SyncPrefectClient, called: Collector):
    client.create_flow_run(other_flow, state=Failed(message="no night"))
    failed = client.create_flow_run(night, name="failed", state=Running())
    client.set_flow_run_state(failed.id, Failed(message='8 objects are "pending".'))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    client.create_flow_run(night, name="late", state=Scheduled(scheduled_time=yesterday))
    kept = client.create_flow_run(week, name="week", state=Running())
    client.set_flow_run_state(kept.id, Failed(message="images: 1 file is damaged."))
    silent = client.create_flow_run(night, name="silent", state=Running())
    emit_heartbeat(str(silent.id), str(silent.flow_id))
    emit_event(
        DRIFT_EVENT,
        resource={
            "prefect.resource.id": "smart-mammo.night",
            "prefect.resource.name": "moved",
        },
        payload={"drifts": ["Scores of Acme 2 moved."]},
    )
    EventsWorker.instance().wait_until_empty()
    alarms = [json.loads(body) for body in called.wait_for(5)]
    assert {(one["alarm"], one["night"]) for one in alarms} == {
        ("night-failed", "failed"),
        ("night-late", "late"),
        ("night-crashed", "silent"),
        ("scores-moved", "moved"),
        ("upkeep-failed", "week"),
    }
    details = {one["alarm"]: one["detail"] for one in alarms}
    assert details["night-failed"] == '8 objects are "pending".'
    assert details["upkeep-failed"] == "images: 1 file is damaged."
    assert details["scores-moved"] == ["Scores of Acme 2 moved."]
    assert client.read_flow_run(silent.id).state_type == StateType.CRASHED


def emit_heartbeat(flow_run_id: str, flow_id: str) -> None:
    """As a run does every three minutes."""
    emit_event(
        "prefect.flow-run.heartbeat",
        resource={"prefect.resource.id": f"prefect.flow-run.{flow_run_id}"},
        related=[
            {
                "prefect.resource.id": f"prefect.flow.{flow_id}",
                "prefect.resource.role": "flow",
                "prefect.resource.name": "campaign",
            }
        ],
    )


def test_alarms_stand_once_however_often_they_are_made(
    client: SyncPrefectClient, prefect_server: EmbeddedPrefect
):
    for _ in range(2):
        ensure_alarms(prefect_server.api_url, "https://chat.example.cl/hook?token=abc")
    names = [one.name for one in client.read_automations()]
    assert sorted(names) == sorted(f"{PREFIX}{alarm.name}" for alarm in ALARMS)
    shown = client._client.post("/block_documents/filter", json={}).text
    assert "smart-mammo-alarms" in shown
    assert "token=abc" not in shown


def test_without_an_address_a_silent_night_is_still_marked(
    client: SyncPrefectClient, prefect_server: EmbeddedPrefect
):
    assert ensure_alarms(prefect_server.api_url, None) == ["night-silent"]
    assert len(client.read_automations()) == 1
