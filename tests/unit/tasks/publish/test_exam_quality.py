"""Flags of images become flags of exams, and a picture under two UIDs is found."""

import polars as pl

from tasks.lake.image_quality import complete_quality
from tasks.lake.schemas import IMAGE_QUALITY, IMAGES, INSTANCES, PRIORITY_LISTS
from tasks.publish.exam_quality import exam_flags, image_flags, with_quality_flags
from tests.support.lake_fixture import MemoryLake
from tests.support.lake_rows import image_rows
from tests.support.rows import instances


def lake_of(*images: pl.DataFrame) -> MemoryLake:
    lake = MemoryLake()
    lake.insert_new(IMAGES, pl.concat(images))
    return lake


def test_defects_reach_the_exam_in_their_order_and_markers_do_not():
    images = [
        image_rows(range(1), b"a", quality_flags="blurred,marker"),
        image_rows(range(1, 2), b"b", quality_flags="saturated"),
        image_rows(range(4, 5), b"c", quality_flags="marker,frame"),
        image_rows(range(8, 9), b"d", quality_flags=None),
    ]
    assert exam_flags(lake_of(*images), "v1").rows() == [("exam-0", "saturated,blurred")]


def test_one_picture_under_two_uids_flags_both_exams():
    images = [image_rows(range(1), b"same"), image_rows(range(4, 5), b"same")]
    flags = exam_flags(lake_of(*images, image_rows(range(8, 9), b"other")), "v1")
    assert flags.rows() == [("exam-0", "duplicated_pixels"), ("exam-1", "duplicated_pixels")]


def test_of_some_exams_a_picture_of_another_exam_is_found_and_no_other_exam_told():
    images = [image_rows(range(1), b"same"), image_rows(range(4, 5), b"same")]
    lake = lake_of(*images, image_rows(range(8, 9), b"x", quality_flags="blurred"))
    flags = exam_flags(lake, "v1", pl.Series(["exam-0"]))
    assert flags.filter(pl.col("exam_key") == "exam-0").rows() == [
        ("exam-0", "duplicated_pixels")
    ]
    assert "exam-2" not in flags["exam_key"]


def test_flags_are_the_same_before_and_after_the_small_table_is_complete():
    images = [image_rows(range(1), b"same"), image_rows(range(4, 5), b"same")]
    lake = lake_of(*images, image_rows(range(8, 9), b"x", quality_flags="blurred"))
    rows = lake.read(IMAGES).select(IMAGE_QUALITY.schema.names())
    lake.insert_new(IMAGE_QUALITY, rows.head(1))
    former = exam_flags(lake, "v1")
    assert former.height == 3
    for _ in range(2):
        complete_quality(lake)
        assert lake.read(IMAGE_QUALITY).sort("exam_key").equals(rows.sort("exam_key"))
    lake.replace(IMAGES, IMAGES.schema.to_frame())  # nothing is left to be read from it
    assert exam_flags(lake, "v1").equals(former)


def test_another_preprocessing_of_an_image_is_no_duplicate():
    images = [image_rows(range(1)), image_rows(range(1), preprocessing_version="v2")]
    assert exam_flags(lake_of(*images), "v1").is_empty()


def told(key: str, side: str | None, source: str = "patient_orientation") -> dict:
    return {
        "sop_instance_key": key,
        "exam_key": f"exam of {key}",
        "chest_wall_side": side,
        "chest_wall_side_source": source,
    }


def test_a_chest_wall_elsewhere_than_the_header_tells_flags_the_exam():
    images = image_rows(range(4), b"a").with_columns(
        exam_key=pl.lit("other"), pixels_sha256=pl.col("sop_instance_key")
    )
    lake = lake_of(images)
    right, left, torn, silent = images["sop_instance_key"]
    contradiction = told(torn, None, "contradiction")
    rows = [told(right, "right"), told(left, "left"), contradiction, told(silent, None, "none")]
    lake.insert_new(INSTANCES, instances(*rows))
    flagged = [(f"exam of {key}", "wrong_side") for key in (right, torn)]
    assert sorted(exam_flags(lake, "v1").rows()) == sorted(flagged)


def test_without_images_there_are_no_flags():
    assert image_flags(IMAGES.schema.to_frame()).is_empty()
    assert exam_flags(MemoryLake(), "v1").is_empty()


def test_flags_of_quality_stand_behind_the_others_and_rows_keep_their_order():
    keys, own = ["b", "a", "c"], ["implant", "", ""]
    rows = pl.DataFrame({"exam_key": keys, "flags": own}).with_columns(rank=pl.int_range(3))
    flags = pl.DataFrame(
        {"exam_key": ["a", "b"], "quality_flags": ["cut_off", "blurred,cut_off"]}
    )
    found = with_quality_flags(rows, flags)
    assert found["flags"].to_list() == ["implant,blurred,cut_off", "cut_off", ""]
    assert found["exam_key"].to_list() == keys
    assert set(found.columns) <= set(PRIORITY_LISTS.schema)
