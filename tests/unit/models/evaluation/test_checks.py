"""Bad tables get a sentence that names the column and the row."""

import polars as pl
import pytest

from models.evaluation.checks import Columns
from models.evaluation.table import read_table

COLUMNS = Columns("exam", "truth", "breast")
GOOD = {
    "exam": [1, 1, 2, 2],
    "breast": ["L", "R", "L", "R"],
    "truth": [0, 1, 0, 0],
    "ai": [0.1, 0.9, 0.2, 0.3],
}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"truth": [0, 1, 0, 2]}, "'truth' holds 2 in row 4: it must be 0 or 1"),
        ({"truth": ["benign", "1", "0", "0"]}, "'truth' holds 'benign' in row 1"),
        ({"truth": [0, None, 0, 1]}, "'truth' is empty in row 2"),
        ({"truth": [0, 0, 0, 0]}, "is without cancer: an evaluation needs both classes"),
        ({"truth": [1, 1, 1, 1]}, "is cancer: an evaluation needs both classes"),
        ({"exam": [1, 1, 1, 2], "breast": ["L", "R", "R", "R"]}, "such as exam 1, breast R"),
        ({"exam": [1, 1, None, 2]}, "'exam' is empty in row 3"),
        ({"ai": [0.1, float("nan"), 0.2, 0.3]}, "'ai' has no finite score in row 2"),
        ({"ai": [0.1, 0.5, 0.2, None]}, "'ai' has no finite score in row 4"),
        ({"ai": [0.1, float("inf"), 0.2, 0.3]}, "'ai' has no finite score in row 2"),
        (
            {"ai": ["0.1", "0.5", "high", "0.3"]},
            "'ai' holds 'high' in row 3, which is no number",
        ),
        ({"ai": ["a", "b", "c", "d"]}, "No numeric column is left to be a scorer"),
    ],
)
def test_a_bad_table_is_refused_with_its_column_and_row(
    changed: dict[str, list[object]], sentence: str
):
    frame = pl.DataFrame(GOOD | changed, strict=False)
    with pytest.raises(ValueError, match=sentence):
        read_table(frame, COLUMNS)


def test_a_missing_column_is_named_with_those_that_are_there():
    with pytest.raises(ValueError, match="No column 'breast'; the table has exam, truth, ai"):
        read_table(pl.DataFrame(GOOD).drop("breast"), COLUMNS)


def test_an_empty_table_is_refused():
    with pytest.raises(ValueError, match="holds no rows"):
        read_table(pl.DataFrame(GOOD).clear(), COLUMNS)


@pytest.mark.parametrize(
    "truth", [[False, True, False, False], ["0", "1", "0", "0"], ["False", "true", "0.0", "0"]]
)
def test_truth_is_understood_however_it_is_written(truth: list[object]):
    table = read_table(pl.DataFrame(GOOD | {"truth": truth}), COLUMNS)
    assert table.levels["breast"].truth.tolist() == [False, True, False, False]


def test_a_remark_is_no_scorer_and_is_listed_as_unused():
    table = read_table(pl.DataFrame(GOOD).with_columns(remark=pl.lit("fine")), COLUMNS)
    assert (table.scorers, table.unused) == (["ai"], ["remark"])
