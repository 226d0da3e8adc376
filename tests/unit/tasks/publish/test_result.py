"""The result object says what the tables say, and equal results are equal."""

import pytest

from tasks.lake.schemas import CALIBRATIONS, EXAM_SCORES, IMAGE_SCORES
from tasks.publish.result import (
    DISCLAIMER,
    UnknownExamError,
    current_model_version,
    read_result,
)
from tests.support import lake_fixture as fixture
from tests.support.lake_fixture import MemoryLake, exam_key, fill_lake


@pytest.fixture(scope="module")
def lake():
    lake = MemoryLake()
    fill_lake(lake, n_exams=14)
    return lake


def result_of(lake, index):
    return read_result(lake, exam_key(index), current_model_version(lake))


def test_scores_are_the_tables(lake):
    result = result_of(lake, fixture.REPEATED_VIEW)
    [row] = lake.read(EXAM_SCORES).filter(exam_key=result.exam_key).to_dicts()
    assert result.scores == row
    assert {breast.laterality: breast.score for breast in result.breasts} == {
        "R": row["right_breast_score"],
        "L": row["left_breast_score"],
    }
    assert result.calibration.calibration_id == row["calibration_id"]
    assert result.flags == ("extra_views",)


def test_images_hang_right_before_left_with_their_regions(lake):
    result = result_of(lake, fixture.REPEATED_VIEW)
    assert [item.image.name for item in result.images] == [
        "R-CC", "R-MLO", "L-CC", "L-CC", "L-MLO",
    ]  # fmt: skip
    stored = lake.read(IMAGE_SCORES).filter(exam_key=result.exam_key)
    n_regions = sum(len(item.image.regions) for item in result.images)
    assert n_regions == stored["regions"].list.len().sum() > 0


@pytest.mark.parametrize("index", [fixture.UNSCORABLE_EXAM, fixture.PENDING])
def test_an_exam_without_a_score_keeps_its_images_and_reasons(lake, index):
    result = result_of(lake, index)
    assert (result.scores, result.calibration, result.scored_at) == (None, None, None)
    assert len(result.images) == 4
    assert all(breast.score is None for breast in result.breasts)


def test_an_image_of_unknown_side_is_of_no_breast(lake):
    result = result_of(lake, fixture.NO_LATERALITY)
    assert len(result.images) == 4
    assert sum(len(breast.images) for breast in result.breasts) == 3


def test_quality_flags_come_along(lake):
    flags = {
        flag for item in result_of(lake, fixture.BLURRED).images for flag in item.quality_flags
    }
    assert {"blurred", "marker"} <= flags


def test_equal_results_have_one_digest_and_others_another(lake):
    assert result_of(lake, 2).digest == result_of(lake, 2).digest
    assert result_of(lake, 2).digest != result_of(lake, 3).digest


def test_an_exam_that_nobody_knows_is_told(lake):
    with pytest.raises(UnknownExamError, match="nobody"):
        read_result(lake, "nobody", "1")
    with pytest.raises(UnknownExamError, match="mammo campaign"):
        current_model_version(MemoryLake())


def test_scores_of_a_calibration_that_holds_no_more_do_not_count(lake):
    later = MemoryLake()
    fill_lake(later, n_exams=4)
    row = later.read(CALIBRATIONS).to_dicts()[0]
    newer = row | {"calibration_id": "newer", "fitted_at": fixture.RUN_AT}
    later.insert_new(CALIBRATIONS, CALIBRATIONS.frame([newer]))
    assert result_of(later, 3).scores is None


def test_the_disclaimer_is_in_both_languages():
    assert "uso clínico" in DISCLAIMER["es"]
    assert "not for clinical use" in DISCLAIMER["en"]
