"""The page on technical quality: counts against the fixture's two flawed images."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reports_app.data import Reports
from reports_app.links import QUALITY_PATH, Address
from reports_app.pages import quality as page
from reports_app.quality import BLANK, SHOWN, count_flags, groups, join_quality
from reports_app.texts import TEXTS
from tasks.lake.image_quality import complete_quality
from tasks.lake.schemas import IMAGE_QUALITY
from tests.support.lake_fixture import MemoryLake, fill_lake
from tests.support.lake_rows import image_rows
from tests.support.programme_lake import fill_programme


@pytest.fixture(scope="module")
def measured(reports):
    return reports.image_quality()


def test_each_flaw_of_the_campaign_is_counted_once(measured):
    total = count_flags("", measured)
    assert total.any_defect.n_events == 2
    assert [total.flags[name].n_events for name in ("blurred", "cut_off")] == [1, 1]
    assert total.flags["marker"].n_events == total.any_defect.n == measured["n"].sum()


@pytest.mark.parametrize("column", ["site", "manufacturer"])
def test_groups_add_up_to_the_whole(measured, column):
    found = groups(measured, column)
    assert sum(group.any_defect.n for group in found) == measured["n"].sum()
    assert sum(group.any_defect.n_events for group in found) == 2


def test_images_alike_are_one_row_so_that_the_page_grows_with_groups_and_not_with_images():
    n_rows = []
    for n_exams in (500, 4000):
        lake = MemoryLake()
        fill_programme(lake, n_exams)
        n_rows.append(Reports(lake).image_quality().height)
    assert n_rows[0] == n_rows[1]


def test_the_night_that_completes_the_small_table_changes_no_figure():
    lake = MemoryLake()
    fill_lake(lake)
    reports = Reports(lake)
    former = reports.image_quality()
    complete_quality(lake)
    assert lake.read(IMAGE_QUALITY).height
    assert reports.image_quality() is not former
    assert_frame_equal(reports.image_quality(), former, check_row_order=False)


def test_a_blank_image_counts_without_measures_and_a_replaced_one_not():
    objects = pl.DataFrame(
        [
            (f"{0:032x}", "etag", "scored", None),
            (f"{1:032x}", "etag", "unscorable", "no_breast_found"),
            (f"{2:032x}", "another", "scored", None),
        ],
        schema=["sop_instance_key", "etag", "state", "reason"],
        orient="row",
    )
    instances = objects.select("sop_instance_key", site=pl.lit(None), manufacturer=pl.lit("A"))
    measured = [image_rows(range(n, n + 1), bytes(n), quality_flags="") for n in (0, 2)]
    found = join_quality(objects, instances.cast(pl.String), pl.concat(measured))
    assert sorted(found["flags"].to_list()) == [[], [BLANK]]
    assert set(found["site"]) == {""}


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_names_every_defect_and_no_image(reports, language):
    words = str(page.content(Address(QUALITY_PATH, {"lang": (language,)}), reports))
    for flag in SHOWN:
        assert getattr(TEXTS[f"flag.{flag}"], language) in words
    assert not any(key in words for key in reports.campaign().exams["exam_key"])


def test_an_empty_lake_says_when_there_will_be_measures(empty_app):
    client = empty_app.server.test_client()
    assert client.get(QUALITY_PATH).status_code == 200
