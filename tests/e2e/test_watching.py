"""A real night as those see it who watch: its trace, its log, its figures."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from tasks import telemetry
from tasks.lake.schemas import EXAM_SCORES, OBJECTS, RUNS
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.collector import collector
from tests.support.night import LIST_DATE, Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

STEPS = {"discover", "read", "preprocess", "score", "aggregate", "publish"}
HOSTILE_KEY = "zz/quoted\x1b[31m\u2028forged line.dcm"


def counts_of(span: Span) -> dict[str, Any]:
    return {
        one.key.removeprefix("smart_mammo."): getattr(one.value, one.value.WhichOneof("value"))
        for one in span.attributes
    }


def events_of(spans: list[Span]) -> Counter[tuple[str, str]]:
    """How often each image was told of, by what became of it."""
    return Counter(
        (event.name, one.value.string_value)
        for span in spans
        for event in span.events
        for one in event.attributes
        if one.key == "sop_instance_key"
    )


def night(campaign: Campaign, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", "campaign", "--date", str(LIST_DATE)]
    environment = {**os.environ, **campaign.environment, **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_night_is_seen_from_outside(campaign: Campaign, tmp_path: Path):
    objects = list(generate_campaign(CampaignPlan(2, seed=5, size_scale=0.12, trouble=False)))
    campaign.put(objects)
    campaign.store.write(HOSTILE_KEY, b"no DICOM")
    figures = tmp_path / "metrics" / "night.prom"
    with collector() as traces:
        done = night(
            campaign,
            SMART_MAMMO_LOG_FORMAT="json",
            SMART_MAMMO_OTLP_ENDPOINT=traces.url,
            SMART_MAMMO_METRICS_FILE=str(figures),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        check_trace(traces.spans(), campaign, len(objects))
    check_log(json_lines(done.stderr), campaign, objects)
    check_figures(figures.read_text(), len(objects))


def check_trace(spans: list[Span], campaign: Campaign, n_images: int) -> None:
    [root] = [span for span in spans if span.name == "night"]
    steps = [span for span in spans if span is not root]
    run_id = campaign.read(RUNS)["run_id"][0]
    assert {span.name for span in steps} == STEPS
    assert {span.trace_id.hex() for span in spans} == {run_id}
    assert {span.parent_span_id for span in steps} == {root.span_id}
    assert campaign.read(EXAM_SCORES)["run_id"].unique().to_list() == [run_id]
    counts = {name: Counter[str]() for name in STEPS}
    for span in steps:
        counts[span.name].update(counts_of(span))
    assert counts["discover"]["new_objects"] == n_images + 1
    assert counts["preprocess"]["images"] == counts["score"]["images"] == n_images
    assert counts["publish"]["exams"] == counts_of(root)["publish"] == 2
    assert len(spans) <= 20, "a span for each image"


def check_log(lines: list[dict[str, Any]], campaign: Campaign, objects: list) -> None:
    assert {line["step"] for line in lines} == STEPS
    assert {line["level"] for line in lines} == {"INFO"}
    text = json.dumps(lines)
    secrets = [campaign.environment[name] for name in campaign.environment if "KEY" in name]
    assert len(secrets) == 3
    assert not [secret for secret in secrets if secret in text]
    assert not [item.object_key for item in objects if item.object_key in text]


def check_figures(text: str, n_images: int) -> None:
    families = {family.name: family for family in text_string_to_metric_families(text)}
    plain = {name: family.samples[0].value for name, family in families.items()}
    assert plain["smart_mammo_night_is_complete"] == 1
    assert plain["smart_mammo_night_images_scored"] == n_images
    states = families["smart_mammo_night_objects"].samples
    by_state = {sample.labels["state"]: sample.value for sample in states}
    assert by_state == {"scored": n_images, "unscorable": 0, "rejected": 1, "pending": 0}
    assert all(family.documentation for family in families.values())


def test_followed_exams_are_told_image_by_image(campaign: Campaign, monkeypatch):
    monkeypatch.setattr(telemetry, "FOLLOWED_ONE_IN", 1)
    objects = list(generate_campaign(CampaignPlan(1, seed=5, size_scale=0.12, trouble=False)))
    campaign.put(objects)
    with collector() as traces:
        monkeypatch.setenv("SMART_MAMMO_OTLP_ENDPOINT", traces.url)
        assert campaign.run().is_completed()
        told = events_of(traces.spans())
    images = campaign.read(OBJECTS)["sop_instance_key"].to_list()
    assert told == {
        (stage, key): 1 for stage in ("read", "preprocessed", "scored") for key in images
    }


def test_a_collector_that_is_away_costs_no_list(campaign: Campaign, monkeypatch):
    monkeypatch.setenv("SMART_MAMMO_OTLP_ENDPOINT", "http://127.0.0.1:1")
    assert campaign.run().is_completed()


@pytest.mark.long
@pytest.mark.parametrize("runner", ["processes", "dask"])
def test_shards_in_other_processes_are_told_too(campaign: Campaign, runner):
    objects = list(generate_campaign(CampaignPlan(4, seed=5, size_scale=0.12, trouble=False)))
    campaign.put(objects)
    with collector() as traces:
        done = night(
            campaign,
            SMART_MAMMO_TASK_RUNNER=runner,
            SMART_MAMMO_EXAMS_PER_SHARD="2",
            SMART_MAMMO_OTLP_ENDPOINT=traces.url,
            SMART_MAMMO_LOG_FORMAT="json",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        told = Counter(span.name for span in traces.spans())
    times = {name: 2 if name in ("preprocess", "score") else 1 for name in STEPS}
    assert told == {**times, "night": 1}
    assert Counter(line["step"] for line in json_lines(done.stderr)) == times
