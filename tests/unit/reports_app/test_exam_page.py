"""The exam page's own requests: grey levels, priors, the reader's decision."""

import zlib
from datetime import date

import polars as pl
import pytest

from reports_app.app import create_app
from reports_app.data import Reports
from reports_app.exam_records import ExamRecords
from reports_app.links import Address
from reports_app.pages.exam_decision import decide
from reports_app.services import AppServices
from tasks.errors import Rejected, RejectionReason, Retryable
from tasks.lake.schemas import INSTANCES, OUTCOMES
from tasks.lake.store import Lake
from tests.support.lake_fixture import THREE_VIEWS, exam_key, fill_lake, key
from tests.unit.reports_app.test_app import ask

EXAM = f"/exam/{exam_key(THREE_VIEWS)}"
VIEW = f"{EXAM}/{key('instance', THREE_VIEWS, 0)}"
GIVEN = ["4A", None, "C", "yes"]


class PlayedOriginals:
    """Gives what it is told to give."""

    def __init__(self, answer):
        self.answer = answer

    def view(self, original, *, is_turned):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    fill_lake(lake, n_exams=8)
    rows = lake.read(INSTANCES, where=pl.col("exam_key") == exam_key(7))
    same_woman = lake.read(INSTANCES, where=pl.col("exam_key") == exam_key(THREE_VIEWS))
    prior = rows.with_columns(
        patient_key=pl.lit(same_woman["patient_key"][0]), exam_date=date(2024, 11, 3)
    )
    lake.upsert(INSTANCES, prior)
    return lake


def test_the_reduced_view_is_served_compressed(filled_lake):
    answer = create_app(filled_lake).server.test_client().get(f"{VIEW}/reduced.bin")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b'"is_original": false' in zlib.decompress(answer.data, 16 + zlib.MAX_WBITS)


@pytest.mark.parametrize(
    ("given", "status", "body"),
    [
        (b"packed", 200, "packed"),
        (Rejected(RejectionReason.DAMAGED_PIXELS, "It is damaged."), 409, "It is damaged."),
        (Retryable("The bucket is away."), 503, "The bucket is away."),
    ],
)
def test_an_original_comes_or_a_sentence_does(filled_lake, given, status, body):
    services = AppServices(originals=PlayedOriginals(given))
    client = create_app(filled_lake, services=services).server.test_client()
    answer = client.get(f"{VIEW}/original.bin")
    assert (answer.status_code, answer.data.decode()) == (status, body)


def test_without_a_bucket_there_are_no_originals(filled_lake):
    client = create_app(filled_lake).server.test_client()
    assert client.get(f"{VIEW}/original.bin").status_code == 404


def test_a_prior_exam_is_offered_and_hung_beside(lake):
    app = create_app(lake)
    assert "Comparar con 03-11-2024" in ask(app, EXAM)
    page = ask(app, EXAM, f"?prior={exam_key(7)}")
    assert "walls compared" in page
    assert key("instance", 7, 0) in page


def test_an_exam_of_another_woman_is_not_hung_beside(lake):
    page = ask(create_app(lake), EXAM, f"?prior={exam_key(3)}")
    assert "ya no está en el lago" in page
    assert key("instance", 3, 0) not in page


def test_a_later_exam_is_no_prior(lake):
    assert ExamRecords(lake).priors(exam_key(7)) == []


def test_a_decision_is_written_once_a_breast_and_replaced(lake):
    address, reports = Address.parse(EXAM, "?lang=en"), Reports(lake)
    assert decide(GIVEN, address, reports, lake, "ana").startswith("Recorded by ana,")
    decide(["2", "1", "C", "no"], address, reports, lake, "ana")
    rows = lake.read(OUTCOMES).sort("breast").to_dicts()
    assert [(row["breast"], row["birads_assessment"]) for row in rows] == [
        ("L", "1"),
        ("R", "2"),
    ]
    assert {row["recalled"] for row in rows} == {False}
    assert {row["recorded_by"] for row in rows} == {"ana"}
    assert "Registrada por ana" in ask(create_app(lake), EXAM)


@pytest.mark.parametrize(
    "given",
    [
        [None, None, "C", "yes"],
        ["4A", None, None, None],
        ["9", None, None, "no"],
        ["1", "1", "Z", "no"],
    ],
)
def test_an_incomplete_or_impossible_decision_is_a_sentence(lake, given):
    answer = decide(given, Address.parse(EXAM, "?lang=en"), Reports(lake), lake, "ana")
    assert answer.startswith("Something is missing")


def test_a_decision_on_an_exam_that_was_erased_is_a_sentence(lake):
    address = Address.parse("/exam/erased", "?lang=en")
    assert "has the key erased" in decide(GIVEN, address, Reports(lake), lake, "ana")
    assert lake.read(OUTCOMES, where=pl.col("exam_key") == "erased").is_empty()
