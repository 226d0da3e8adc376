"""Which conditions of nights and of upkeep raise an alarm, as automations in Prefect.

An alarm is a POST of JSON to SMART_MAMMO_ALARM_URL; docs/runbook.md says what to do about each.
A server that is down raises none: that is told by figures which grow old (docs/deploy).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.notices import DRIFT_EVENT

BLOCK = "smart-mammo-alarms"
PREFIX = "smart-mammo: "
RUNBOOK = "docs/runbook.md"

HEARTBEAT_S = 180
"""Prefect's own: a run tells that often that it lives."""

_RUN = "prefect.flow-run."
_ENDED = frozenset(
    f"{_RUN}{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")
)
_STARTED = frozenset(f"{_RUN}{state}" for state in ("Pending", "Running"))


@dataclass(frozen=True)
class Alarm:
    """A condition and what it says.

    Args:
        name: As the runbook has it.
        sentence: What happened.
        expect: Events that raise it; with `after`, those whose absence does.
        after: The event after which something is expected.
        within: For how long it may be awaited.
        is_crash: Whether it is told to Prefect as a crash, which has an alarm of its own.
        flow: Of whose runs its events are; None where they are of no run.
    """

    name: str
    sentence: str
    expect: frozenset[str]
    after: frozenset[str] = frozenset()
    within: timedelta = timedelta()
    is_crash: bool = False
    flow: str | None = "campaign"


ALARMS = (
    Alarm(
        "night-failed",
        "The night could not finish and says what is missing.",
        frozenset({f"{_RUN}Failed", f"{_RUN}TimedOut"}),
    ),
    Alarm(
        "night-crashed",
        "The night was killed, or its machine is gone.",
        frozenset({f"{_RUN}Crashed"}),
    ),
    Alarm(
        "night-late",
        "The night was due and no worker took it.",
        expect=_STARTED | _ENDED,
        after=frozenset({f"{_RUN}Late"}),
        within=timedelta(minutes=15),
    ),
    Alarm(
        "night-silent",
        "The night gives no sign of life and counts as crashed.",
        expect=_ENDED | {f"{_RUN}heartbeat"},
        after=frozenset({f"{_RUN}heartbeat"}),
        within=timedelta(seconds=3 * HEARTBEAT_S),
        is_crash=True,
    ),
    Alarm(
        "scores-moved",
        "A manufacturer's scores moved: the list compares exams with their own kind.",
        frozenset({DRIFT_EVENT}),
        flow=None,
    ),
    Alarm(
        "upkeep-failed",
        "The lake's weekly upkeep found damage, or could not finish.",
        frozenset({f"{_RUN}Failed", f"{_RUN}TimedOut", f"{_RUN}Crashed"}),
        flow="upkeep",
    ),
)


def ensure_alarms(
    api_url: str, alarm_url: str | None, alarms: Sequence[Alarm] = ALARMS
) -> list[str]:
    """Create the alarms on a Prefect server, or bring them up to date; again changes nothing.

    Args:
        api_url: Of the server.
        alarm_url: Where alarms are posted to. Without it only what needs no post is made: a
            silent night is marked as crashed.
        alarms: Which ones.

    Returns:
        The names of those that stand now.
    """
    with temporary_settings({PREFECT_API_URL: api_url}), get_client(sync_client=True) as client:
        block_id = _webhook(alarm_url) if alarm_url else None
        made = [_automation(alarm, block_id) for alarm in alarms if alarm.is_crash or alarm_url]
        for automation in made:
            _put(client, automation)
    return [automation.name.removeprefix(PREFIX) for automation in made]


def _webhook(alarm_url: str) -> Any:
    """Keep the address as a block: encrypted, and shown to nobody."""
    block: Any = Webhook(url=alarm_url, headers={"Content-Type": "application/json"})  # pyright: ignore[reportArgumentType]
    return block.save(BLOCK, overwrite=True)


def _put(client: SyncPrefectClient, automation: AutomationCore) -> None:
    found = client.read_automations_by_name(automation.name)
    for one in found[:1]:
        client.update_automation(one.id, automation)
    if not found:
        client.create_automation(automation)


def _automation(alarm: Alarm, block_id: Any) -> AutomationCore:
    is_proactive = bool(alarm.after)
    trigger = EventTrigger(
        after=set(alarm.after),
        expect=set(alarm.expect),
        posture=Posture.Proactive if is_proactive else Posture.Reactive,
        within=alarm.within,
        for_each={"prefect.resource.id"},
        **(_of_runs(alarm.flow) if alarm.flow else {}),
    )
    return AutomationCore(
        name=f"{PREFIX}{alarm.name}",
        description=f"{alarm.sentence} See {RUNBOOK}#{alarm.name}.",
        trigger=trigger,
        actions=[_crash(alarm) if alarm.is_crash else _call(alarm, block_id)],
    )


def _crash(alarm: Alarm) -> ChangeFlowRunState:
    return ChangeFlowRunState(
        name=None, state=StateType.CRASHED, message=alarm.sentence, force=False
    )


def _call(alarm: Alarm, block_id: Any) -> CallWebhook:
    return CallWebhook(block_document_id=block_id, payload=_payload(alarm))


def _of_runs(flow: str) -> dict[str, Any]:
    return {
        "match": ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
        "match_related": ResourceSpecification(
            {"prefect.resource.role": "flow", "prefect.resource.name": flow}
        ),
    }


def _payload(alarm: Alarm) -> str:
    """JSON with Prefect's templates; `text` is what chats show."""
    detail = "flow_run.state.message" if alarm.flow else "event.payload.drifts"
    fixed = {
        "alarm": alarm.name,
        "text": f"Smart Mammo, {alarm.name}: {alarm.sentence}",
        "runbook": f"{RUNBOOK}#{alarm.name}",
    }
    return (
        json.dumps(fixed).removesuffix("}")
        + ', "night": {{ (flow_run.name or event.resource.name) | default("") | tojson }}'
        + f', "detail": {{{{ {detail} | default("") | tojson }}}}}}'
    )
