"""Objects and exams joined, filtered and counted, against hand counts."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from reports_app.campaign import (
    UNKNOWN,
    CampaignFilter,
    CampaignRows,
    join_campaign,
    state_table,
)
from tasks.lake.schemas import IMAGE_SCORES, INSTANCES, OBJECTS, REGISTRATIONS
from tasks.publish.accounting import STATES
from tasks.publish.exam_summaries import summarise
from tests.support.programme_lake import complete

SEEN_AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def objects(*rows):
    """Rows of (state, reason, exam_key)."""
    columns = ["state", "reason", "exam_key"]
    schema = {name: OBJECTS.schema[name] for name in columns}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    seen = pl.lit(SEEN_AT, OBJECTS.schema["first_seen_at"]).alias("first_seen_at")
    return complete(OBJECTS, frame.with_columns(seen))


def instances(*rows):
    """Rows of (exam_key, site, manufacturer, exam_date, age)."""
    columns = ["exam_key", "site", "manufacturer", "exam_date", "patient_age_years"]
    schema = {name: INSTANCES.schema[name] for name in columns}
    return complete(INSTANCES, pl.DataFrame(rows, schema=schema, orient="row"))


def scores(*rows):
    """Rows of (exam_key, exam_score, band, views)."""
    schema = {
        "exam_key": pl.String,
        "exam_score": pl.Float32,
        "band": pl.Int8,
        "views": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(calibrated_score=pl.col("exam_score"))


def joined(objects, instances, scores, places):
    return join_campaign(
        CampaignRows(
            summaries=summarise(objects, instances, IMAGE_SCORES.schema.to_frame()),
            others=objects.filter(pl.col("exam_key").is_null()),
            scores=scores,
            places=places,
            registrations=REGISTRATIONS.schema.to_frame().select("exam_key", "comuna"),
        )
    )


PLACES = pl.DataFrame({"exam_key": ["a"], "waiting_days": [3]})


@pytest.fixture
def campaign():
    return joined(
        objects(
            ("scored", None, "a"),
            ("unscorable", "truncated", "a"),
            ("unscorable", "truncated", "b"),
            ("pending", None, "c"),
            ("rejected", "not_dicom", None),
            ("rejected", "duplicate_instance", "a"),
        ),
        instances(
            ("a", "Móvil 1", "GE", date(2026, 11, 20), 55),
            ("b", "Móvil 2", "GE", date(2026, 11, 21), None),
            ("c", "", "GE", None, 39),
        ),
        scores(("a", 0.7, 9, "L-CC,L-MLO,R-CC,R-MLO")),
        PLACES,
    )


def test_an_exam_is_scored_unscorable_or_pending(campaign):
    states = dict(campaign.exams.select("exam_key", "state").iter_rows())
    assert states == {"a": "scored", "b": "unscorable", "c": "pending"}


def test_a_rejected_copy_makes_no_exam_but_lies_where_its_exam_lies(campaign):
    is_copy = pl.col("reason") == "duplicate_instance"
    copy = campaign.objects.row(by_predicate=is_copy, named=True)
    assert (copy["site"], copy["day"]) == ("Móvil 1", date(2026, 11, 20))


def test_the_day_of_arrival_in_santiago_stands_in_for_an_unknown_exam_date(campaign):
    days = dict(campaign.objects.select(pl.coalesce("reason", "state"), "day").iter_rows())
    assert days["pending"] == days["not_dicom"] == date(2026, 11, 23)


def test_age_bands_part_at_the_decade(campaign):
    bands = dict(campaign.exams.select("exam_key", "age_band").iter_rows())
    assert bands == {"a": "50_59", "b": UNKNOWN, "c": "under_40"}


def test_four_views_count_whatever_is_repeated(campaign):
    assert campaign.exams.filter(has_four_views=True)["exam_key"].to_list() == ["a"]


def test_the_unknown_site_can_be_chosen_and_comes_last(campaign):
    assert campaign.choices("site") == ["Móvil 1", "Móvil 2", UNKNOWN]
    chosen = campaign.filtered(CampaignFilter(sites=(UNKNOWN,)))
    assert sorted(chosen.objects["state"]) == ["pending", "rejected"]


def test_sites_and_periods_filter_objects_and_exams_alike(campaign):
    part = campaign.filtered(CampaignFilter(date(2026, 11, 20), date(2026, 11, 20)))
    assert sorted(part.objects["state"]) == ["rejected", "scored", "unscorable"]
    assert part.exams["exam_key"].to_list() == ["a"]


def test_the_parts_of_a_campaign_add_up_to_it(reports):
    whole = reports.campaign()
    parts = [whole.filtered(CampaignFilter(sites=(site,))) for site in whole.choices("site")]
    assert sum(part.n_objects for part in parts) == whole.n_objects
    assert sum(part.exams.height for part in parts) == whole.exams.height


def test_the_accounting_names_each_reason_under_its_state(campaign):
    assert state_table(campaign.objects, STATES) == [
        ("scored", None, 1),
        ("unscorable", None, 2),
        ("unscorable", "truncated", 2),
        ("rejected", None, 2),
        ("rejected", "duplicate_instance", 1),
        ("rejected", "not_dicom", 1),
        ("pending", None, 1),
    ]


def test_an_empty_lake_is_an_empty_campaign():
    empty = joined(objects(), instances(), scores(), PLACES.clear())
    assert empty.objects.is_empty()
    assert empty.exams.is_empty()
