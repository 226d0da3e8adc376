"""Whole nights on real servers: accounting, idempotence, revisions, late views."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO

import polars as pl
import pytest
from pydicom import dcmread

from flows.upkeep import check_lake
from tasks.lake.schemas import (
    EXAM_SCORES,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    PRIORITY_LISTS,
    RUNS,
)
from tasks.publish.decision import Decision, record_decision
from tasks.synthetic.campaign import generate_campaign, generate_exam
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.trouble import GeneratedObject, Trouble
from tests.support.lake_generations import generations, turn_back
from tests.support.night import LIST_DATE, Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

TROUBLED = CampaignPlan(n_exams=40, seed=11, size_scale=0.12)
QUIET = CampaignPlan(n_exams=3, seed=5, size_scale=0.12, trouble=False)


@pytest.fixture(scope="module")
def troubled() -> list[GeneratedObject]:
    """Each kind of trouble once or more; the plan's share of it is one kind in fifty exams."""
    wanted = dict.fromkeys(Trouble)
    exams = (generate_exam(TROUBLED, index) for index in range(TROUBLED.n_exams))
    objects: list[GeneratedObject] = []
    for exam in exams:
        kinds = {item.trouble for item in exam}
        if kinds & {kind for kind, seen in wanted.items() if not seen}:
            wanted.update(dict.fromkeys(kinds & wanted.keys(), True))
            objects += exam
    return objects


def states(campaign: Campaign) -> Counter:
    present = campaign.read(OBJECTS).filter(pl.col("gone_at").is_null())
    return Counter(present.select("state", "reason").iter_rows())


def test_every_object_ends_in_the_state_that_its_trouble_declares(campaign, troubled):
    campaign.put(troubled)
    assert campaign.run().is_completed()
    rows = campaign.read(OBJECTS).select("object_key", "state", "reason").iter_rows()
    found = {key: (state, reason) for key, state, reason in rows}
    expected = {
        item.object_key: (item.expected_state, item.expected_reason) for item in troubled
    }
    assert found == expected
    assert {item.trouble for item in troubled} >= set(Trouble) - {Trouble.PDF_REPORT}


def test_every_exam_is_listed_and_those_without_a_score_stand_on_top(campaign, troubled):
    campaign.put(troubled)
    campaign.run()
    listed = campaign.read(PRIORITY_LISTS).sort("rank")
    assert set(listed["exam_key"]) == set(campaign.read(INSTANCES)["exam_key"])
    lanes = listed["lane"].to_list()
    assert "unscorable" in lanes
    assert lanes == sorted(lanes, reverse=True)
    run = campaign.read(RUNS).row(0, named=True)
    parts = [run[f"n_{state}"] for state in ("scored", "unscorable", "rejected", "pending")]
    assert run["n_objects"] == sum(parts) == len({item.object_key for item in troubled})


def test_a_second_run_scores_nothing_and_writes_nothing(campaign):
    campaign.put(generate_campaign(QUIET))
    campaign.run()
    before = campaign.versions()
    assert campaign.run().is_completed()
    assert campaign.versions() == before


def test_a_renamed_copy_is_one_instance(campaign):
    objects = list(generate_campaign(QUIET))
    campaign.put(objects)
    campaign.run()
    campaign.store.write("zz-copy/again.dcm", objects[0].data)
    campaign.run()
    assert campaign.read(INSTANCES).height == len(objects)
    assert campaign.read(IMAGE_SCORES).height == len(objects)
    assert states(campaign)["rejected", "duplicate_instance"] == 1


def test_changed_pixels_under_a_key_are_scored_again(campaign):
    objects = list(generate_campaign(QUIET))
    campaign.put(objects)
    campaign.run()
    before = campaign.content(EXAM_SCORES)
    other = generate_exam(CampaignPlan(3, seed=99, size_scale=0.12, trouble=False), 0)[0]
    first = objects[0]
    campaign.store.write(first.object_key, with_identity_of(first.data, other.data))
    campaign.run()
    assert states(campaign) == {("scored", None): len(objects)}
    assert campaign.read(OBJECTS).filter(pl.col("object_key") == first.object_key).height == 2
    assert campaign.read(IMAGES).height == campaign.read(IMAGE_SCORES).height == len(objects)
    assert not campaign.content(EXAM_SCORES).equals(before)


def test_a_late_view_reopens_its_exam_and_the_former_list_stays_in_history(
    campaign, monkeypatch
):
    monkeypatch.setenv("SMART_MAMMO_QUIET_MINUTES", "10")
    objects = list(generate_campaign(QUIET))
    campaign.put(objects[1:])
    campaign.run()
    assert_every_file_has_its_digest()
    former = campaign.lake.version(PRIORITY_LISTS)
    flagged = campaign.read(PRIORITY_LISTS).filter(
        pl.col("flags").str.contains("views_missing")
    )
    waits = flagged.select("rank", "lane", "reason", "exam_score").rows()
    assert waits == [(1, "unscorable", "still_arriving", None)]
    decision = Decision(flagged["exam_key"][0], {"L": "2"}, None, recalled=False)
    record_decision(campaign.lake, decision, "ana", datetime.now(UTC))
    campaign.put(objects[:1])
    campaign.run()
    now = campaign.read(PRIORITY_LISTS).filter(pl.col("flags").str.contains("late_view"))
    assert now.select("exam_key", "lane").rows() == [(flagged["exam_key"][0], "ranked")]
    reopened = campaign.read(EXAM_SCORES).filter(pl.col("exam_key") == flagged["exam_key"][0])
    assert reopened["n_images_scored"][0] == 4
    then = campaign.lake.scan(PRIORITY_LISTS, former).collect()
    assert then.filter(pl.col("flags").str.contains("views_missing")).height == 1
    assert_every_file_has_its_digest()


def assert_every_file_has_its_digest() -> None:
    """What the nights wrote, and what was decided between them."""
    told = list(check_lake(with_values=False))
    assert any(sentence.startswith("lake_files: whole") for sentence, _ in told)
    assert [told for told in told if told[1] or "no digest" in told[0]] == []


def test_the_next_day_has_a_list_of_its_own_without_scoring_again(campaign):
    campaign.put(generate_campaign(QUIET))
    first = campaign.run()
    scores = campaign.lake.version(IMAGE_SCORES)
    second = campaign.run(LIST_DATE + timedelta(days=1))
    lists = campaign.read(PRIORITY_LISTS)
    assert lists.group_by("list_date").len()["len"].to_list() == [3, 3]
    in_prefect = {state.state_details.flow_run_id.hex for state in (first, second)}
    assert set(campaign.read(RUNS)["run_id"]) == in_prefect
    assert campaign.lake.version(IMAGE_SCORES) == scores


def test_a_night_goes_on_in_a_lake_of_the_first_schema(campaign):
    objects = list(generate_campaign(QUIET))
    campaign.put(objects[4:])
    campaign.run()
    before = campaign.content(IMAGE_SCORES)
    first = list(generations())[-1]
    assert INSTANCES in turn_back(campaign.lake, first)
    campaign.put(objects[:4])
    assert campaign.run().is_completed()
    assert states(campaign) == {("scored", None): len(objects)}
    assert campaign.content(IMAGE_SCORES).join(before, on="sop_instance_key").height == 8
    assert campaign.read(PRIORITY_LISTS)["rank"].to_list() == [1, 2, 3]
    versions = campaign.versions()
    campaign.run()
    assert campaign.versions() == versions


def with_identity_of(identity: bytes, pixels: bytes) -> bytes:
    """The second file's image under the first one's UIDs."""
    source, target = dcmread(BytesIO(identity)), dcmread(BytesIO(pixels))
    for keyword in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        setattr(target, keyword, getattr(source, keyword))
    target.file_meta.MediaStorageSOPInstanceUID = source.SOPInstanceUID
    buffer = BytesIO()
    target.save_as(buffer)
    return buffer.getvalue()
