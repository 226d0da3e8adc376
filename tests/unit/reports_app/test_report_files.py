"""What the app hands out of the campaign and of an exam."""

import json

import pytest

from reports_app.access.roles import Role, may_enter
from reports_app.links import CAMPAIGN_FILES
from reports_app.report_files import CAMPAIGN_KINDS, EXAM_KINDS
from tests.support.dash_pages import ask
from tests.support.lake_fixture import UNSCORABLE_EXAM, exam_key

EXAM = exam_key(2)


@pytest.mark.parametrize("kind", CAMPAIGN_KINDS)
def test_the_campaign_is_taken_away_by_anybody(app, kind):
    path = f"{CAMPAIGN_FILES}{kind}"
    answer = app.server.test_client().get(f"{path}?lang=en&from=2026-11-10")
    assert answer.status_code == 200
    assert answer.mimetype == CAMPAIGN_KINDS[kind][1]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert all(may_enter([role], path) for role in Role)


@pytest.mark.parametrize("kind", ["csv", "json", "canscreen5"])
def test_the_campaigns_files_name_nobodys_exam(app, kind):
    answer = app.server.test_client().get(f"{CAMPAIGN_FILES}{kind}")
    assert EXAM.encode() not in answer.data
    assert EXAM[:8].encode() not in answer.data


def test_the_filters_of_the_page_hold_for_its_files(app):
    client = app.server.test_client()
    whole = client.get(f"{CAMPAIGN_FILES}json").json
    part = client.get(f"{CAMPAIGN_FILES}json?site=M%C3%B3vil+1").json
    assert part["filter"]["sites"] == ["Móvil 1"]
    n_whole, n_part = (
        next(row["n"] for row in told["statistics"] if row["indicator"] == "backlog")
        for told in (whole, part)
    )
    assert n_part == n_whole / 6


@pytest.mark.parametrize("kind", EXAM_KINDS)
def test_an_exam_is_taken_away_by_readers_alone(app, kind):
    path = f"/exam/{EXAM}/report.{kind}"
    answer = app.server.test_client().get(path)
    assert answer.status_code == 200
    assert answer.mimetype == EXAM_KINDS[kind][1]
    assert may_enter([Role.RADIOLOGIST], path)
    assert not may_enter([Role.MANAGER, Role.ENGINEER], path)


def test_an_exam_that_could_not_be_scored_is_told_of(app):
    answer = app.server.test_client().get(f"/exam/{exam_key(UNSCORABLE_EXAM)}/report.fhir")
    assert b"decoder_crashed" in answer.data
    assert json.loads(answer.data)["resourceType"] == "Bundle"


@pytest.mark.parametrize(
    "path", ["/campaign.doc", f"/exam/{EXAM}/report.doc", "/exam/nobody/report.pdf"]
)
def test_what_is_not_there_is_not_found(app, path):
    assert app.server.test_client().get(path).status_code == 404


def test_before_the_first_night_there_is_nothing_to_take_away(empty_app):
    client = empty_app.server.test_client()
    assert client.get("/campaign.pdf").status_code == 404
    assert client.get(f"/exam/{EXAM}/report.pdf").status_code == 404


def test_pages_link_to_their_files(app):
    assert "/campaign.canscreen5" in ask(app, "/")
    assert f"/exam/{EXAM}/report.pdf" in ask(app, f"/exam/{EXAM}")
