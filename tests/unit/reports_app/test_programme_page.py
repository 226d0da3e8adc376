"""The programme's tiles, filters and nights over a campaign of 24 exams."""

from datetime import date
from uuid import UUID, uuid5

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports_app.access.roles import Role
from reports_app.app import create_app
from reports_app.campaign import AGE_BANDS, CampaignFilter, state_table
from reports_app.data import Reports
from reports_app.funnel import funnel
from reports_app.pages.campaign import search_of_comparison
from reports_app.pages.nights import n_retried
from reports_app.programme import (
    backlog_under,
    coverage,
    groups_under,
    oldest_unread_days,
    shown_under,
)
from reports_app.services import AppServices
from tasks.lake.schemas import OUTCOMES, REGISTRATIONS, RUNS, TARGETS
from tasks.publish.accounting import STATES
from tasks.publish.indicators import INDICATORS
from tasks.publish.proportions import Proportion
from tests.support.dash_pages import ask
from tests.support.lake_fixture import RUN_AT, SITES, MemoryLake, exam_key, fill_lake
from tests.support.programme_lake import COMUNAS, fill_programme


def row(table, **values):
    return {**dict.fromkeys(table.schema), **values}


@pytest.fixture(scope="module")
def lake():
    """18 of 24 exams read, 6 of them recalled; 12 women live in Ancud, 12 in Castro."""
    lake = MemoryLake()
    fill_lake(lake, n_exams=24)
    read = [
        row(
            OUTCOMES,
            exam_key=exam_key(index),
            breast="L",
            source="reader",
            birads_assessment="4" if index < 6 else "1",
            read_date=date(2026, 11, 24),
            recorded_at=RUN_AT,
        )
        for index in range(18)
    ]
    towns = [
        row(REGISTRATIONS, exam_key=exam_key(index), comuna="Ancud" if index % 2 else "Castro")
        for index in range(24)
    ]
    lake.insert_new(OUTCOMES, OUTCOMES.frame(read))
    lake.insert_new(REGISTRATIONS, REGISTRATIONS.frame(towns))
    return lake


@pytest.fixture(scope="module")
def app(lake):
    return create_app(lake)


def test_a_tile_shows_numerator_denominator_interval_and_benchmark(app):
    page = ask(app, "/")
    assert "33,3\N{NO-BREAK SPACE}%" in page
    assert "6 de 18 exámenes" in page
    assert "UE, primera ronda, menos de 7 %" in page


def test_what_is_missing_is_named_on_the_tile(app):
    page = ask(app, "/", "?lang=en")
    assert "Missing: pathology or registry results" in page
    assert "Missing: target population by comuna" in page


def test_a_filter_that_would_tell_of_few_hides_the_indicator(app):
    assert "6 de 18 exámenes" not in ask(app, "/", "?comuna=Ancud")
    assert "Oculto" in ask(app, "/", "?comuna=Ancud")


def test_comunas_and_ages_filter_every_total_alike(app):
    page = ask(app, "/", "?comuna=Ancud")
    assert '"children": "12"' in page
    assert "Ningún objeto" in ask(app, "/", "?comuna=Quemchi")


def test_equity_compares_what_the_address_asks_for(app):
    page = ask(app, "/", "?indicator=technical_recall&compare=comuna")
    assert "Ancud" in page
    assert search_of_comparison("ppv1", "comuna", "?lang=en") == (
        "?lang=en&indicator=ppv1&compare=comuna"
    )


def test_the_comunas_stand_side_by_side_and_hide_what_is_few(app):
    page = ask(app, "/")
    assert "Por comuna" in page
    assert "Rellamadas / leídos" in page
    row = page[page.rindex('"data-value": "Ancud"') :].split('"type": "Tr"')[0]
    assert "Oculto" in row
    assert '"data-value": "0.' not in row


def test_a_print_says_what_was_filtered_and_compared(app):
    page = ask(app, "/", "?comuna=Ancud&indicator=ppv1")
    assert "Equidad: VPP1" in page
    assert "Ancud" in page[page.index('"className": "printed"') - 200 :][:220]


def test_the_backlog_counts_the_unread_and_their_oldest():
    n_unread, day = 7, date(2026, 11, 2)
    exams = pl.DataFrame(
        {
            "exam_key": [str(place) for place in range(13)],
            "read_date": [None] * n_unread + [day] * 6,
            "unread_days": [3, *[20] * 6, *[None] * 6],
        }
    )
    assert backlog_under(exams, CampaignFilter()) == Proportion(n_unread, 13)
    assert oldest_unread_days(exams) == 20


def test_coverage_counts_women_once_and_in_their_period():
    exams = pl.DataFrame(
        {
            "patient_key": ["a", "a", "b", "c"],
            "comuna": "Ancud",
            "age_band": "50_59",
            "day": [date(2026, 1, 1), date(2026, 6, 1), date(2026, 6, 1), date(2020, 1, 1)],
        }
    )
    target = row(
        TARGETS,
        comuna="Ancud",
        age_band="50_59",
        first_day=date(2025, 1, 1),
        last_day=date(2026, 12, 31),
        n_women=40,
    )
    targets = TARGETS.frame([target])
    assert coverage(exams, targets, "n_women") == Proportion(2, 40)
    assert coverage(exams, targets, "n_invited") == Proportion(0, 0)


def test_the_nights_are_shown_with_their_failures(lake):
    own = MemoryLake()
    fill_lake(own, n_exams=12)
    run = own.read(RUNS).sort("finished_at").row(-1, named=True)
    failed = run | {"run_id": "x", "outcome": "failed", "failure": "Triton does not answer."}
    own.insert_new(RUNS, RUNS.frame([failed]))
    page = ask(create_app(own), "/nights")
    assert "Triton does not answer." in page
    assert "fallidas: 1" in page


def test_the_nights_stand_on_santiagos_clock_and_link_to_prefect(lake):
    here = AppServices(prefect_url="http://127.0.0.1:4200")
    page = ask(create_app(lake, services=here), "/nights")
    assert "24-11 02:00" in page
    assert "http://127.0.0.1:4200/runs" in page
    assert "/runs" not in ask(create_app(lake), "/nights")


PREFECT = "http://127.0.0.1:4200"
FLOW_RUN = "69fb6ea3-2818-4940-b68e-f9ce7eb52c22"


def test_a_night_that_prefect_numbered_links_to_its_run_for_engineers_alone(monkeypatch):
    own = MemoryLake()
    fill_lake(own, n_exams=12)
    run = own.read(RUNS).row(-1, named=True)
    ids = (FLOW_RUN.replace("-", ""), uuid5(UUID(FLOW_RUN), "2").hex)
    own.replace(RUNS, RUNS.frame([run | {"run_id": one} for one in ids]))
    page = create_app(own, services=AppServices(prefect_url=PREFECT))
    link = f"{PREFECT}/runs/flow-run/"
    told = ask(page, "/nights")
    assert told.count(link) == 1
    assert link + FLOW_RUN in told
    assert link not in ask(create_app(own), "/nights")
    monkeypatch.setattr("reports_app.routing.current_roles", lambda: frozenset({Role.MANAGER}))
    assert PREFECT not in ask(page, "/nights")


def test_before_the_first_night_the_nights_page_says_so(empty_app):
    assert "Ninguna noche ha terminado todavía" in ask(empty_app, "/nights")


def test_a_list_is_retried_where_a_run_failed_before_another():
    runs = pl.DataFrame(
        {
            "list_date": [1, 1, 2, 3],
            "started_at": [1, 2, 3, 4],
            "outcome": ["failed", "completed", "completed", "failed"],
        }
    )
    assert n_retried(runs) == 1


def test_a_filter_that_leaves_nobody_out_tells_the_whole(lake):
    whole, recall = Reports(lake).programme(), INDICATORS[0]
    everybody = CampaignFilter(first_day=date(2020, 1, 1), comunas=("Ancud", "Castro"))
    told = shown_under(recall, whole, everybody)
    assert told == shown_under(recall, whole, CampaignFilter()) == Proportion(6, 18)


def test_where_filters_cross_the_page_says_that_counts_are_of_fives(app):
    words = "van al múltiplo de 5 más cercano"
    assert words in ask(app, "/", "?comuna=Ancud&from=2026-11-10")
    assert words not in ask(app, "/", "?comuna=Ancud")


@pytest.fixture(scope="module")
def programme():
    lake = MemoryLake()
    fill_programme(lake, 1500)
    return Reports(lake)


WAY = (
    ("objects", "images"), ("images", "images_scored"), ("exams", "exams_scored"),
    ("exams_scored", "exams_read"),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(SITES), unique=True, max_size=3),
    st.lists(st.sampled_from(AGE_BANDS), unique=True, max_size=3),
    st.lists(st.sampled_from(COMUNAS), unique=True, max_size=3),
    st.none() | st.dates(date(2025, 1, 1), date(2026, 11, 1)),
)
def test_totals_agree_under_every_filter(programme, sites, ages, comunas, first_day):
    chosen = CampaignFilter(first_day, None, tuple(sites), (), tuple(ages), tuple(comunas))
    campaign = programme.campaign().filtered(chosen)
    exams, objects = campaign.exams, campaign.objects
    rows = state_table(objects, STATES)
    assert sum(n for _, reason, n in rows if reason is None) == campaign.n_objects
    assert exams["state"].value_counts()["count"].sum() == exams.height
    of_exams = objects.filter(pl.col("exam_key").is_not_null(), pl.col("state") != "rejected")
    assert of_exams["exam_key"].n_unique() == exams.height
    part = programme.programme().filter(chosen.condition())
    assert part.height == exams.height
    for column in ("site", "comuna", "age_band", "week"):
        groups = groups_under(INDICATORS[0], programme.programme(), column, chosen)
        alone = groups_under(INDICATORS[0], programme.programme(), column, CampaignFilter())
        of_fives = [one for one in groups if one.share and one.share.n % 5 == 0]
        assert all(one in [*alone, *of_fives] for one in groups if one.share)
    by_name = {step.name: step for step in funnel(campaign, part)}
    for before, after in WAY:
        n_lost = sum(n for _, _, n in by_name[after].lost)
        assert by_name[before].n - n_lost == by_name[after].n
