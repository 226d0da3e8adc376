"""What the app hands out of the campaign and of an exam."""

import csv
import io
import json
from datetime import date

import pytest

from reports_app.access.roles import Role, may_enter
from reports_app.campaign import CampaignFilter
from reports_app.campaign_report import CampaignFacts, report_content
from reports_app.data import Reports
from reports_app.links import CAMPAIGN_FILES
from reports_app.programme import groups_under
from reports_app.report_files import CAMPAIGN_KINDS, EXAM_KINDS, campaign_file
from reports_app.texts import Texts
from tasks.lake.schemas import OUTCOMES
from tasks.publish.canscreen5 import HIDDEN
from tasks.publish.indicators import INDICATORS
from tests.support.dash_pages import ask
from tests.support.lake_fixture import (
    RUN_AT,
    SITES,
    UNSCORABLE_EXAM,
    MemoryLake,
    exam_key,
    fill_lake,
)
from tests.support.programme_lake import fill_programme

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
    part = client.get(f"{CAMPAIGN_FILES}json?to=2026-11-14").json
    assert part["filter"]["last_day"] == "2026-11-14"
    n_whole, n_part = (
        next(row["n"] for row in told["statistics"] if row["indicator"] == "backlog")
        for told in (whole, part)
    )
    assert 0 < n_part < n_whole
    assert n_part % 5 == 0


@pytest.fixture(scope="module")
def programme():
    lake = MemoryLake()
    fill_programme(lake, 1500)
    return Reports(lake)


CROSSED = CampaignFilter(first_day=date(2026, 3, 1), sites=SITES[:1])
T = Texts("es")


def facts_under(programme, chosen):
    whole = programme.programme()
    return CampaignFacts(
        programme.campaign().filtered(chosen),
        whole,
        whole.filter(chosen.condition()),
        programme.targets(),
        chosen,
        programme.last_run(),
    )


def test_the_documents_weeks_tell_what_the_page_tells_under_a_filter(programme):
    facts = facts_under(programme, CROSSED)
    plots = {plot["title"]: plot["bars"] for plot in report_content(T, facts)["plots"]}
    counted = dict(facts.part.group_by("week").len().sort("week").tail(26).rows())
    told = [int(bar["words"]) for bar in plots[T("report.weeks")]]
    assert told
    assert all(n % 5 == 0 for n in told)
    assert len(told) <= sum(n >= 5 for n in counted.values())
    indicator = INDICATORS[0]
    shown = [
        one.share.value
        for one in groups_under(indicator, facts.whole, "week", CROSSED)[-26:]
        if one.share and one.share.value is not None
    ]
    rates = [bar["words"] for bar in plots[T(f"kpi.{indicator.name}")]]
    assert rates == [T.percent(value) for value in shown]


@pytest.mark.parametrize("chosen", [CROSSED, CampaignFilter(sites=SITES[:1])])
def test_under_a_filter_canscreen5_is_of_fives(programme, chosen):
    text = campaign_file(programme, chosen, "canscreen5", None, T).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    cells = [cell for row in rows for cell in list(row.values())[3:]]
    assert HIDDEN in cells
    numbers = [int(cell) for cell in cells if cell not in ("", HIDDEN)]
    assert numbers
    assert all(n % 5 == 0 for n in numbers)


def test_the_women_to_reach_are_those_of_the_filter(programme):
    targets = programme.targets()
    [comuna, *_] = targets["comuna"].unique().sort()
    chosen = CampaignFilter(comunas=(comuna,))
    expected = targets.filter(comuna=comuna)["n_women"].sum()
    text = campaign_file(programme, chosen, "canscreen5", None, T).decode("utf-8-sig")
    assert text.splitlines()[-1].split(",")[1] == str(expected)


@pytest.mark.parametrize("n_read", [2, 38])
def test_few_exams_read_or_left_over_are_not_told(n_read):
    lake = MemoryLake()
    fill_lake(lake, n_exams=40)
    read = [
        dict.fromkeys(OUTCOMES.schema)
        | {"exam_key": exam_key(index), "breast": "R", "source": "reader"}
        | {"read_date": date(2026, 11, 24), "recorded_at": RUN_AT}
        for index in range(n_read)
    ]
    lake.insert_new(OUTCOMES, OUTCOMES.frame(read))
    told = json.loads(campaign_file(Reports(lake), CampaignFilter(), "json", None, T))
    [row] = [row for row in told["statistics"] if row["indicator"] == "backlog"]
    assert (row["state"], row["value"], row["n"]) == ("hidden", None, None)


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
