"""A table of scores and truth, checked, and gathered by image, breast and exam.

It refuses a table that it would have to guess about: the `ValueError` says what to mend.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation.checks import (
    Columns,
    find_scorers,
    finite,
    read_truth,
    require_columns,
    require_unique,
)

MIXED = "mixed"


@dataclass(frozen=True)
class Level:
    """Scores and truth of one level.

    Args:
        name: image, breast or exam.
        keys: [rows] identifier to print, such as "92 L".
        truth: [rows] true for cancer.
        scores: [rows, scorers] higher is more suspicious.
        scorers: Names of the columns of `scores`.
        cluster: [rows] number of the patient, or of the exam where no patient is known.
        subgroups: Column to [rows] of its values as text.
    """

    name: str
    keys: list[str]
    truth: NDArray[np.bool_]
    scores: NDArray[np.float64]
    scorers: list[str]
    cluster: NDArray[np.int64]
    subgroups: Mapping[str, NDArray[np.str_]] = field(
        default_factory=dict[str, NDArray[np.str_]]
    )

    def score(self, scorer: str) -> NDArray[np.float64]:
        """[rows] of one scorer."""
        return self.scores[:, self.scorers.index(scorer)]


@dataclass(frozen=True)
class ScoreTable:
    """A checked table; `frame` keeps every repeat, `levels` the first one only."""

    columns: Columns
    frame: pl.DataFrame
    scorers: list[str]
    unused: list[str]
    levels: Mapping[str, Level]

    @property
    def readers(self) -> list[str]:
        """The scorers that are people."""
        return [name for name in self.scorers if self.columns.is_reader(name)]

    @property
    def systems(self) -> list[str]:
        """The scorers that are not."""
        return [name for name in self.scorers if not self.columns.is_reader(name)]


def read_table(frame: pl.DataFrame, columns: Columns) -> ScoreTable:
    """Check a table and gather it by level; a breast or an exam takes its highest score.

    Raises:
        ValueError: If a column is missing or holds what it may not, a row stands twice, or a
            class is absent; the sentence names the column and the row.
    """
    if frame.is_empty():
        raise ValueError("The table holds no rows: give one row a breast, exam or image.")
    require_columns(frame, columns)
    scorers, unused = find_scorers(frame, columns)
    checked = frame.with_columns(
        read_truth(frame[columns.truth]).alias(columns.truth),
        *(finite(frame[name]) for name in scorers),
    )
    require_unique(checked, columns)
    first = _first_repeat(checked, columns)
    levels = {name: _gather(first, columns, scorers, name) for name in _level_names(columns)}
    return ScoreTable(columns, checked, scorers, unused, levels)


def _first_repeat(frame: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    if columns.repeat is None:
        return frame
    return frame.sort(columns.repeat, maintain_order=True).unique(
        columns.key(), keep="first", maintain_order=True
    )


def _level_names(columns: Columns) -> list[str]:
    has = {"image": columns.image, "breast": columns.breast, "exam": columns.exam}
    return [name for name, column in has.items() if column]


def _gather(frame: pl.DataFrame, columns: Columns, scorers: list[str], name: str) -> Level:
    key = columns.key(name)
    cluster = columns.patient or columns.exam
    rows = frame.group_by(key, maintain_order=True).agg(
        pl.col(columns.truth).any().alias("__truth"),
        pl.col(cluster).cast(pl.String).first().alias("__cluster"),
        *(pl.col(scorer).max().alias(f"__score_{scorer}") for scorer in scorers),
        *(_one_value(column).alias(f"__group_{column}") for column in columns.subgroups),
    )
    return Level(
        name,
        rows.select(pl.concat_str([pl.col(k).cast(pl.String) for k in key], separator=" "))
        .to_series()
        .to_list(),
        rows["__truth"].to_numpy().astype(np.bool_),
        rows.select(f"__score_{scorer}" for scorer in scorers).to_numpy(),
        scorers,
        rows["__cluster"].rank("dense").to_numpy().astype(np.int64) - 1,
        {
            column: rows[f"__group_{column}"].to_numpy().astype(str)
            for column in columns.subgroups
        },
    )


def _one_value(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).fill_null("unknown")
    return pl.when(text.n_unique() == 1).then(text.first()).otherwise(pl.lit(MIXED))
