"""Gathering by image, breast and exam."""

import polars as pl

from models.evaluation.checks import Columns
from models.evaluation.table import read_table

IMAGES = pl.DataFrame(
    {
        "exam": ["a", "a", "a", "b", "b"],
        "breast": ["L", "L", "R", "L", "R"],
        "image": [1, 2, 1, 1, 1],
        "patient": ["p", "p", "p", "p", "p"],
        "truth": [0, 1, 0, 0, 0],
        "density": ["B", "B", "C", "A", None],
        "ai": [0.1, 0.2, 0.6, 0.4, 0.3],
        "reader_1": [0, 1, 0, 0, 0],
    }
)
COLUMNS = Columns("exam", "truth", "breast", "image", subgroups=("density",))


def test_a_breast_and_an_exam_take_their_highest_score_and_any_cancer():
    levels = read_table(IMAGES.drop("patient"), COLUMNS).levels
    assert levels["breast"].keys == ["a L", "a R", "b L", "b R"]
    assert levels["breast"].score("ai").tolist() == [0.2, 0.6, 0.4, 0.3]
    assert levels["exam"].score("ai").tolist() == [0.6, 0.4]
    assert levels["exam"].truth.tolist() == [True, False]
    assert levels["image"].truth.sum() == 1


def test_rows_of_one_patient_are_one_cluster():
    columns = Columns("exam", "truth", "breast", "image", "patient", ignored=("density",))
    levels = read_table(IMAGES, columns).levels
    assert levels["exam"].cluster.tolist() == [0, 0]
    assert read_table(IMAGES, COLUMNS).levels["exam"].cluster.tolist() == [0, 1]


def test_a_group_that_differs_within_an_exam_is_mixed_and_a_missing_one_unknown():
    levels = read_table(IMAGES, COLUMNS).levels
    assert levels["exam"].subgroups["density"].tolist() == ["mixed", "mixed"]
    assert levels["breast"].subgroups["density"].tolist() == ["B", "C", "A", "unknown"]


def test_readers_are_told_from_systems_by_their_prefix():
    table = read_table(IMAGES.drop("patient"), COLUMNS)
    assert (table.systems, table.readers) == (["ai"], ["reader_1"])


def test_without_breast_and_image_columns_there_is_the_exam_level_only():
    frame = pl.DataFrame({"exam": [1, 2], "truth": [0, 1], "ai": [1.5, 2.5]})
    assert list(read_table(frame, Columns("exam", "truth")).levels) == ["exam"]


def test_the_first_repeat_is_evaluated_and_the_others_are_kept():
    frame = pl.DataFrame(
        {
            "exam": [1, 1, 2, 2],
            "truth": [0, 0, 1, 1],
            "run": [2, 1, 1, 2],
            "ai": [0.9, 0.1, 0.5, 0.6],
        }
    )
    table = read_table(frame, Columns("exam", "truth", repeat="run"))
    assert table.levels["exam"].score("ai").tolist() == [0.1, 0.5]
    assert table.frame.height == 4
