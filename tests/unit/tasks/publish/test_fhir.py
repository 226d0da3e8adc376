"""Results as FHIR validate and hold no identity; outcomes come in entry by entry."""

import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from fhir.resources.R4B.bundle import Bundle

from tasks.lake.schemas import INSTANCES, OUTCOMES
from tasks.lake.store import Lake
from tasks.publish.fhir.codes import CODE_SYSTEM, EXAM_SYSTEM, SECTIONS, SNOMED, concept
from tasks.publish.fhir.export import exam_bundle
from tasks.publish.fhir.outcomes import BundleError, import_bundle
from tasks.publish.result import read_result
from tests.support.lake_fixture import MemoryLake, exam_key, fill_lake

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SCORED, UNSCORED = exam_key(3), exam_key(1)


@pytest.fixture(scope="module")
def held():
    lake = MemoryLake()
    fill_lake(lake, n_exams=4)
    return lake


@pytest.fixture
def lake(tmp_path, held):
    lake = Lake(str(tmp_path))
    lake.insert_new(INSTANCES, held.read(INSTANCES))
    return lake


def resources(data, kind):
    entries = json.loads(data)["entry"]
    return [item["resource"] for item in entries if item["resource"]["resourceType"] == kind]


def test_a_scored_exam_is_a_report_with_its_scores_and_regions(held):
    result = read_result(held, SCORED, "1")
    data = exam_bundle(result, "es")
    Bundle.model_validate_json(data)
    [report] = resources(data, "DiagnosticReport")
    observations = resources(data, "Observation")
    assert len(report["result"]) == len(observations)
    assert "no es para uso clínico" in report["conclusion"]
    values = {
        item["code"]["coding"][0]["code"]: item
        for item in observations
        if "bodySite" not in item
    }
    assert values["band"]["valueInteger"] == result.scores["band"]
    assert values["exam_score"]["valueQuantity"]["value"] == pytest.approx(
        result.scores["exam_score"], abs=1e-4
    )
    boxes = [item for item in observations if item["code"]["coding"][0]["code"] == "region"]
    assert len(boxes) == sum(len(item.image.regions) for item in result.images)
    named = {part["code"]["coding"][0]["code"]: part for part in boxes[0]["component"]}
    assert named["width_px"]["valueInteger"] == 300


def test_equal_results_make_equal_bundles(held):
    first, second = (exam_bundle(read_result(held, SCORED, "1"), "en") for _ in range(2))
    assert first == second


def test_an_exam_without_a_score_says_why(held):
    data = exam_bundle(read_result(held, UNSCORED, "1"), "en")
    [item] = resources(data, "Observation")
    assert item["dataAbsentReason"]["text"] == "decoder_crashed, truncated"


def observation(name, value, **others):
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [concept(SECTIONS, "RAD")],
        "code": concept(CODE_SYSTEM, name),
        "bodySite": concept(SNOMED, "73056007"),
        "derivedFrom": [{"identifier": {"system": EXAM_SYSTEM, "value": SCORED}}],
        "effectiveDateTime": "2026-11-24",
        **value,
        **others,
    }


def bundle(*items, **others):
    entries = [
        {"fullUrl": f"urn:uuid:00000000-0000-4000-8000-{place:012}", "resource": item}
        for place, item in enumerate(items)
    ]
    content = {"resourceType": "Bundle", "type": "collection", "entry": entries, **others}
    return json.dumps(content).encode()


RECALLED = {"valueBoolean": True}
FOUR = {"valueString": "4A"}


def test_facts_of_one_breast_are_one_row(lake):
    data = bundle(observation("recalled", RECALLED), observation("birads_assessment", FOUR))
    assert import_bundle(lake, data, "import", NOW) == 1
    [row] = lake.read(OUTCOMES).to_dicts()
    assert (row["exam_key"], row["breast"], row["source"]) == (SCORED, "R", "reader")
    assert (row["birads_assessment"], row["recalled"]) == ("4A", True)
    assert row["read_date"] == date(2026, 11, 24)
    version = lake.version(OUTCOMES)
    assert import_bundle(lake, data, "import", NOW.replace(hour=13)) == 0
    assert lake.version(OUTCOMES) == version


def test_a_report_names_exam_and_source_for_its_observations(lake):
    item = observation("is_malignant", {"valueBoolean": False})
    del item["derivedFrom"], item["category"]
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "category": [concept(SECTIONS, "SP")],
        "code": concept(CODE_SYSTEM, "pathology"),
        "identifier": [{"system": EXAM_SYSTEM, "value": SCORED}],
        "result": [{"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}],
    }
    assert import_bundle(lake, bundle(item, report), "import", NOW) == 1
    [row] = lake.read(OUTCOMES).to_dicts()
    assert (row["source"], row["is_malignant"]) == ("pathology", False)


def test_a_later_fact_leaves_the_former_ones(lake):
    import_bundle(lake, bundle(observation("recalled", RECALLED)), "import", NOW)
    import_bundle(lake, bundle(observation("birads_assessment", FOUR)), "import", NOW)
    row = lake.read(OUTCOMES, where=pl.col("exam_key") == SCORED).row(0, named=True)
    assert (row["recalled"], row["birads_assessment"]) == (True, "4A")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "preliminary"}, "only final results count"),
        ({"code": concept(CODE_SYSTEM, "weight")}, "code is 'weight'"),
        ({"bodySite": concept(SNOMED, "1")}, "bodySite is"),
        ({"category": [concept(SECTIONS, "XX")]}, "tells the source"),
        ({"derivedFrom": []}, "No exam"),
        (
            {"derivedFrom": [{"identifier": {"system": EXAM_SYSTEM, "value": "f"}}]},
            "no exam 'f'",
        ),
        ({"valueBoolean": None}, "No value"),
        ({"valueBoolean": None, "valueString": "maybe"}, "recalled is 'MAYBE'"),
        ({"status": 7}, "status"),
    ],
)
def test_an_entry_that_cannot_be_used_is_told_and_nothing_is_written(lake, changes, sentence):
    bad = {
        name: value
        for name, value in (observation("recalled", RECALLED) | changes).items()
        if value is not None and value != []
    }
    other = observation("recalled", RECALLED, bodySite=concept(SNOMED, "80248007"))
    with pytest.raises(BundleError) as told:
        import_bundle(lake, bundle(other, bad), "import", NOW)
    assert [error.line for error in told.value.errors] == [2]
    assert sentence in str(told.value)
    assert lake.version(OUTCOMES) is None


def test_entries_that_contradict_each_other_are_refused(lake):
    data = bundle(
        observation("recalled", RECALLED), observation("recalled", {"valueBoolean": False})
    )
    with pytest.raises(BundleError, match="in another entry"):
        import_bundle(lake, data, "import", NOW)


@pytest.mark.parametrize("data", [b"{", b'{"resourceType": "Patient"}', bundle()])
def test_what_is_no_bundle_of_outcomes_is_refused(lake, data):
    with pytest.raises(BundleError):
        import_bundle(lake, data, "import", NOW)
