"""Localisation from tables, on boxes whose figures can be counted by hand."""

import polars as pl
import pytest

from models.evaluation.marks import measure_localisation


def boxes(*rows: tuple[str, int, int, int, int, float]) -> pl.DataFrame:
    names = ["image", "top", "left", "bottom", "right", "score"]
    return pl.DataFrame(rows, schema=names, orient="row")


LESIONS = boxes(("a", 0, 0, 10, 10, 1.0), ("b", 0, 0, 10, 10, 1.0))
MARKS = boxes(("a", 0, 0, 10, 10, 0.9), ("b", 50, 50, 60, 60, 0.8), ("c", 5, 5, 9, 9, 0.7))


def test_the_figures_are_those_counted_by_hand():
    found = measure_localisation(MARKS, LESIONS, "image", ["c", "d"])
    assert (found["n_images"], found["n_lesions"], found["n_marks"]) == (4, 2, 3)
    assert (found["pointing"]["n_events"], found["pointing"]["n"]) == (1, 2)
    assert found["found"]["value"] == found["mean_overlap"] == 0.5
    assert found["froc"]["false_marks_per_image"] == [0.0, 0.25, 0.5]
    assert found["sensitivity_at"]["0.25"] == 0.5


def test_an_image_without_any_mark_is_a_miss():
    found = measure_localisation(MARKS.head(0), LESIONS, "image", [])
    assert found["pointing"]["n_events"] == 0
    assert found["mean_overlap"] == 0


@pytest.mark.parametrize(
    ("lesions", "sentence"),
    [
        (LESIONS.drop("bottom"), "the lesions lack the column 'bottom'"),
        (boxes(("a", 5, 0, 5, 9, 1.0)), "row 1 of the lesions is no box"),
        (LESIONS.head(0), "the table of lesions is empty"),
    ],
)
def test_what_is_no_table_of_boxes_is_refused(lesions: pl.DataFrame, sentence: str):
    with pytest.raises(ValueError, match=sentence):
        measure_localisation(MARKS, lesions, "image", [])
