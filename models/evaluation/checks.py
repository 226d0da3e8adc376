"""Which column of a table holds what, and whether it holds what it may.

Every refusal is a `ValueError` whose sentence names the column, the row and the remedy.
"""

from dataclasses import dataclass

import polars as pl

_TRUTHS = {"0": False, "0.0": False, "false": False, "1": True, "1.0": True, "true": True}


@dataclass(frozen=True)
class Columns:
    """Which column holds what; every other numeric column is a scorer.

    Args:
        exam: Exam identifier.
        truth: 0 or 1 (false or true); 1 is cancer.
        breast: Laterality within the exam; None where rows are exams.
        image: Image identifier within the exam; None where rows are breasts or exams.
        patient: Draws of the bootstrap are by patient; None: by exam.
        repeat: Number of the repeated acquisition or scoring; the first one is evaluated.
        subgroups: Columns to report by.
        ignored: Numeric columns that are no scores.
        reader_prefix: Scorers whose name starts with it, in any case, are human readers.
    """

    exam: str
    truth: str
    breast: str | None = None
    image: str | None = None
    patient: str | None = None
    repeat: str | None = None
    subgroups: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    reader_prefix: str = "Reader"

    @property
    def named(self) -> list[str]:
        """Every column that is named, in a fixed order."""
        single = (self.exam, self.truth, self.breast, self.image, self.patient, self.repeat)
        return [name for name in (*single, *self.subgroups, *self.ignored) if name]

    def key(self, level: str = "image") -> list[str]:
        """Columns that tell the rows of a level apart; one may be named for two levels."""
        depth = ("exam", "breast", "image").index(level) + 1
        parts = (self.exam, self.breast, self.image)[:depth]
        return list(dict.fromkeys(name for name in parts if name))

    def is_reader(self, scorer: str) -> bool:
        """Whether a scorer is a person."""
        return bool(self.reader_prefix) and scorer.lower().startswith(
            self.reader_prefix.lower()
        )


def require_columns(frame: pl.DataFrame, columns: Columns) -> None:
    """Every column that is named exists and, where it tells rows apart, is never empty."""
    for name in columns.named:
        if name not in frame.columns:
            raise ValueError(f"No column {name!r}; the table has {', '.join(frame.columns)}.")
    for name in (columns.exam, columns.truth, columns.breast, columns.image, columns.patient):
        if name and (row := _first(frame[name].is_null())) is not None:
            raise ValueError(f"Column {name!r} is empty in row {row}: every row needs it.")


def find_scorers(frame: pl.DataFrame, columns: Columns) -> tuple[list[str], list[str]]:
    """The numeric columns that nothing else claims, and the columns left unused."""
    others = [name for name in frame.columns if name not in columns.named]
    for name in others:
        _refuse_half_numbers(frame[name])
    scorers = [name for name in others if frame[name].dtype.is_numeric()]
    if not scorers:
        raise ValueError("No numeric column is left to be a scorer; add one with scores.")
    return scorers, [name for name in others if name not in scorers]


def _refuse_half_numbers(column: pl.Series) -> None:
    """A text column of which most is numbers is a score column with a slip, not a remark."""
    if column.dtype != pl.String:
        return
    numbers = column.cast(pl.Float64, strict=False)
    if numbers.is_not_null().sum() * 2 <= len(column):
        return
    row = _first(numbers.is_null() & column.is_not_null())
    shown = "" if row is None else f" {column[row - 1]!r} in row {row}, which is no number"
    raise ValueError(
        f"Column {column.name!r} holds{shown or ' numbers as text'}: mend or ignore it."
    )


def finite(column: pl.Series) -> pl.Series:
    """A scorer as floats; every row has a finite score."""
    values = column.cast(pl.Float64)
    if (row := _first(~values.is_finite().fill_null(value=False))) is not None:
        raise ValueError(
            f"Scorer {column.name!r} has no finite score in row {row}: score it, leave the row "
            "out, or ignore the column."
        )
    return values


def read_truth(column: pl.Series) -> pl.Series:
    """Truth as booleans; both classes are there."""
    texts = column.cast(pl.String).str.to_lowercase().str.strip_chars()
    truth = texts.replace_strict(_TRUTHS, default=None, return_dtype=pl.Boolean)
    if (row := _first(truth.is_null())) is not None:
        raise ValueError(
            f"Truth column {column.name!r} holds {column[row - 1]!r} in row {row}: "
            "it must be 0 or 1 (false or true)."
        )
    if truth.n_unique() == 1:
        only = "cancer" if truth[0] else "without cancer"
        raise ValueError(
            f"Every row of {column.name!r} is {only}: an evaluation needs both classes."
        )
    return truth


def require_unique(frame: pl.DataFrame, columns: Columns) -> None:
    """No row stands twice."""
    key = [*columns.key(), *([columns.repeat] if columns.repeat else [])]
    doubles = frame.filter(frame.select(key).is_duplicated())
    if doubles.height:
        shown = ", ".join(f"{name} {doubles[name][0]}" for name in key)
        raise ValueError(
            f"{doubles.height} rows share their key, such as {shown}: leave one of each, or "
            "name the image or repeat column that tells them apart."
        )


def _first(is_bad: pl.Series) -> int | None:
    """Row number of the first true, counted from 1 under the header."""
    return int(is_bad.arg_true()[0]) + 1 if is_bad.any() else None
