"""The campaign's objects and exams as two frames that filter, count and agree with each other.

It reads no table: `reports_app.data` does. An object belongs where its exam belongs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from reports_app.texts import TIMEZONE

UNKNOWN = ""
"""Site or manufacturer of an object whose header told none."""

AGE_BANDS = ("under_40", "40_49", "50_59", "60_69", "70_over")
_AGE_BREAKS = (40, 50, 60, 70)

STANDARD_VIEWS = "L-CC,L-MLO,R-CC,R-MLO"


@dataclass(frozen=True)
class CampaignFilter:
    """What part of a campaign a page shows; an empty choice is everything."""

    first_day: date | None = None
    last_day: date | None = None
    sites: tuple[str, ...] = ()
    manufacturers: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    comunas: tuple[str, ...] = ()

    def condition(self) -> pl.Expr:
        """The rows to keep, of a frame with day, site, manufacturer, age_band and comuna."""
        conditions = [pl.lit(value=True)]
        if self.first_day:
            conditions.append(pl.col("day") >= self.first_day)
        if self.last_day:
            conditions.append(pl.col("day") <= self.last_day)
        conditions += [pl.col(name).is_in(values) for name, values in self.choices.items()]
        return pl.all_horizontal(conditions)

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """The columns that are chosen from, and the values chosen."""
        chosen = {
            "site": self.sites,
            "manufacturer": self.manufacturers,
            "age_band": self.age_bands,
            "comuna": self.comunas,
        }
        return {name: values for name, values in chosen.items() if values}

    @property
    def is_crossed(self) -> bool:
        """Whether it has a period, or chooses from several columns."""
        has_period = self.first_day is not None or self.last_day is not None
        return has_period or len(self.choices) > 1

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == CampaignFilter()


EVERYTHING = CampaignFilter()
"""Leaves nothing out."""


@dataclass(frozen=True)
class Campaign:
    """A campaign, or the part of one that a filter leaves.

    Args:
        objects: Present objects counted: `n` of a state and reason in an exam, or of a day
            where there is no exam_key; with day, site, manufacturer, age_band and comuna.
        exams: One row an exam: exam_key, patient_key and those; state, exam_score,
            calibrated_score, band, has_four_views, waiting_days (null where not on the latest
            list) and hours_to_score.
    """

    objects: pl.DataFrame
    exams: pl.DataFrame

    @property
    def n_objects(self) -> int:
        """Present objects of the bucket."""
        return int(self.objects["n"].sum())

    def filtered(self, chosen: CampaignFilter) -> "Campaign":
        """The part that a filter leaves."""
        condition = chosen.condition()
        return Campaign(self.objects.filter(condition), self.exams.filter(condition))

    def choices(self, column: str) -> list[str]:
        """The values of site, manufacturer, age_band or comuna, the unknown one last."""
        values = set(self.objects[column].unique())
        return [*sorted(values - {UNKNOWN}), *({UNKNOWN} & values)]


@dataclass(frozen=True)
class CampaignRows:
    """What the tables say, as `join_campaign` takes it.

    Args:
        summaries: Rows of `exam_summaries`.
        others: state, reason and first_seen_at of the present objects of no exam.
        scores: One row a scored exam: exam_key, exam_score, calibrated_score, band and views.
        places: exam_key and waiting_days of the latest list.
        registrations: exam_key and comuna of the programme's register.
    """

    summaries: pl.DataFrame
    others: pl.DataFrame
    scores: pl.DataFrame
    places: pl.DataFrame
    registrations: pl.DataFrame


def join_campaign(rows: CampaignRows) -> Campaign:
    """Join what the tables say of objects and exams."""
    located = _located(rows.summaries, rows.registrations)
    counts = located.explode("objects", empty_as_null=False).unnest("objects")
    objects = pl.concat([counts.select(_OBJECT_COLUMNS), _without_exam(rows.others)])
    exams = (
        located.join(_states(counts), on="exam_key", maintain_order="left")
        .join(rows.scores, on="exam_key", how="left", maintain_order="left")
        .join(rows.places, on="exam_key", how="left", maintain_order="left")
        .with_columns(state=_exam_state())
        .with_columns(_if_scored(name) for name in ("exam_score", "calibrated_score", "band"))
        .with_columns(
            has_four_views=_if_scored("views").is_in(_complete(rows.scores["views"])),
            hours_to_score=_if_scored("first_scored_at")
            .sub(pl.col("acquired_at"))
            .dt.total_minutes()
            / 60,
        )
    )
    return Campaign(objects, exams.select(_EXAM_COLUMNS))


_PLACE_COLUMNS = ("day", "site", "manufacturer", "age_band", "comuna")
_OBJECT_COLUMNS = ("exam_key", "state", "reason", "n", *_PLACE_COLUMNS)
_EXAM_COLUMNS = (
    "exam_key", "patient_key", *_PLACE_COLUMNS, "state", "exam_score", "calibrated_score",
    "band", "has_four_views", "waiting_days", "hours_to_score",
)  # fmt: skip


def _located(summaries: pl.DataFrame, registrations: pl.DataFrame) -> pl.DataFrame:
    return summaries.join(
        registrations, on="exam_key", how="left", maintain_order="left"
    ).with_columns(
        pl.coalesce("exam_date", _day_of("first_present_at")).alias("day"),
        pl.col("site", "manufacturer", "comuna").fill_null(UNKNOWN),
        age_band=_age_band(),
    )


def _without_exam(others: pl.DataFrame) -> pl.DataFrame:
    counts = others.group_by("state", "reason", _day_of("first_seen_at").alias("day")).agg(
        pl.len().cast(pl.Int64).alias("n")
    )
    unknown = [pl.lit(UNKNOWN).alias(name) for name in _PLACE_COLUMNS if name != "day"]
    exam_key = pl.lit(None, pl.String).alias("exam_key")
    return counts.with_columns(*unknown, exam_key).select(_OBJECT_COLUMNS)


def _day_of(moment: str) -> pl.Expr:
    return pl.col(moment).dt.convert_time_zone(str(TIMEZONE)).dt.date()


def _states(counts: pl.DataFrame) -> pl.DataFrame:
    """The exams that have a present image, and whether some are scored or pending."""
    of_exams = counts.filter(pl.col("state") != "rejected")
    return of_exams.group_by("exam_key").agg(
        (pl.col("state") == state).any().alias(f"has_{state}")
        for state in ("scored", "pending")
    )


def _complete(views: pl.Series) -> list[str]:
    """Of the sets of views that there are, those that hold the four."""
    standard = set(STANDARD_VIEWS.split(","))
    return [one for one in views.drop_nulls().unique() if set(one.split(",")) == standard]


def _exam_state() -> pl.Expr:
    is_scored = pl.col("exam_score").is_not_null() & pl.col("has_scored")
    is_pending = pl.col("has_pending") | pl.col("has_scored")
    return (
        pl.when(is_scored)
        .then(pl.lit("scored"))
        .when(is_pending)
        .then(pl.lit("pending"))
        .otherwise(pl.lit("unscorable"))
    )


def _if_scored(name: str) -> pl.Expr:
    return pl.when(pl.col("state") == "scored").then(pl.col(name)).alias(name)


def _age_band() -> pl.Expr:
    age = pl.col("patient_age_years")
    place = pl.sum_horizontal(age >= start for start in _AGE_BREAKS)
    named = place.replace_strict(dict(enumerate(AGE_BANDS)), return_dtype=pl.String)
    return pl.when(age.is_null()).then(pl.lit(UNKNOWN)).otherwise(named)


def state_table(
    objects: pl.DataFrame, states: Sequence[str]
) -> list[tuple[str, str | None, int]]:
    """The accounting as rows of a table: each state's sum, then its reasons, frequent first.

    Returns:
        (state, reason, n); reason is None in the state's own row. The states' rows add up to
        the number of objects.
    """
    counts = objects.group_by("state", "reason").agg(pl.col("n").sum())
    rows: list[tuple[str, str | None, int]] = []
    for state in states:
        of_state = counts.filter(state=state)
        rows.append((state, None, int(of_state["n"].sum())))
        reasons = of_state.drop_nulls("reason").sort("n", "reason", descending=[True, False])
        rows.extend(reasons.select("state", "reason", "n").iter_rows())
    return rows
