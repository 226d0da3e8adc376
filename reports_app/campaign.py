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
        chosen = {
            "site": self.sites,
            "manufacturer": self.manufacturers,
            "age_band": self.age_bands,
            "comuna": self.comunas,
        }
        conditions += [pl.col(name).is_in(values) for name, values in chosen.items() if values]
        return pl.all_horizontal(conditions)

    @property
    def only(self) -> tuple[str, tuple[str, ...]] | None:
        """The one column that is chosen from, and its values; None with a period or several."""
        chosen = {
            "site": self.sites,
            "manufacturer": self.manufacturers,
            "age_band": self.age_bands,
            "comuna": self.comunas,
        }
        columns = [(name, values) for name, values in chosen.items() if values]
        has_period = self.first_day is not None or self.last_day is not None
        return columns[0] if len(columns) == 1 and not has_period else None

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
        objects: One row a present object: object_key, etag, state, reason, gone_at, exam_key,
            day, site, manufacturer, age_band and comuna.
        exams: One row an exam: exam_key and those; state, exam_score,
            calibrated_score, band, has_four_views, waiting_days (null where not on the latest
            list) and hours_to_score.
    """

    objects: pl.DataFrame
    exams: pl.DataFrame

    def filtered(self, chosen: CampaignFilter) -> "Campaign":
        """The part that a filter leaves."""
        condition = chosen.condition()
        return Campaign(self.objects.filter(condition), self.exams.filter(condition))

    def choices(self, column: str) -> list[str]:
        """The values of site, manufacturer, age_band or comuna, the unknown one last."""
        values = set(self.objects[column].unique())
        return [*sorted(values - {UNKNOWN}), *({UNKNOWN} & values)]

    def with_comunas(self, registrations: pl.DataFrame) -> "Campaign":
        """The same with comunas from the programme's register: exam_key and comuna."""
        objects, exams = (
            frame.drop("comuna")
            .join(registrations, on="exam_key", how="left", maintain_order="left")
            .with_columns(pl.col("comuna").fill_null(UNKNOWN))
            for frame in (self.objects, self.exams)
        )
        return Campaign(objects, exams)


def join_campaign(
    objects: pl.DataFrame, instances: pl.DataFrame, scores: pl.DataFrame, places: pl.DataFrame
) -> Campaign:
    """Join what the tables say of objects and exams.

    Args:
        objects: Present rows of `objects`.
        instances: Columns of `instances`: exam_key, site, manufacturer, exam_date, acquired_at
            and patient_age_years.
        scores: One row a scored exam, with `scored_at` of its first score.
        places: exam_key and waiting_days of the latest list.
    """
    located = _locate(objects, _facts(instances))
    counted = _exams(located)
    exams = (
        counted.join(scores, on="exam_key", how="left")
        .join(places, on="exam_key", how="left")
        .with_columns(state=_exam_state())
        .with_columns(
            _if_scored(name) for name in ("exam_score", "calibrated_score", "band", "views")
        )
        .with_columns(
            has_four_views=pl.col("views")
            .str.split(",")
            .list.unique()
            .list.sort()
            .list.join(",")
            == STANDARD_VIEWS,
            hours_to_score=_if_scored("scored_at").sub(pl.col("acquired_at")).dt.total_minutes()
            / 60,
        )
    )
    return Campaign(located, exams.sort("exam_key"))


def _facts(instances: pl.DataFrame) -> pl.DataFrame:
    known = {name: pl.col(name).replace("", None) for name in ("site", "manufacturer")}
    return (
        instances.with_columns(**known)
        .sort("sop_instance_key")
        .group_by("exam_key")
        .agg(
            pl.col("site", "manufacturer", "patient_age_years").drop_nulls().first(),
            pl.col("exam_date").min(),
            pl.col("acquired_at").max(),
        )
    )


def _locate(objects: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    seen = pl.col("first_seen_at").dt.convert_time_zone(str(TIMEZONE)).dt.date()
    arrival = (
        pl.when(pl.col("exam_key").is_null()).then(seen).otherwise(seen.min().over("exam_key"))
    )
    return objects.join(facts, on="exam_key", how="left").with_columns(
        pl.coalesce("exam_date", arrival).alias("day"),
        pl.col("site", "manufacturer").fill_null(UNKNOWN),
        age_band=_age_band(),
        comuna=pl.lit(UNKNOWN),
    )


def _exams(located: pl.DataFrame) -> pl.DataFrame:
    facts = ("day", "site", "manufacturer", "age_band", "comuna", "acquired_at")
    of_exams = located.filter(pl.col("exam_key").is_not_null(), pl.col("state") != "rejected")
    states = {
        f"n_{state}": (pl.col("state") == state).sum()
        for state in ("scored", "unscorable", "pending")
    }
    return of_exams.group_by("exam_key").agg(pl.col(*facts).first(), **states)


def _exam_state() -> pl.Expr:
    is_scored = pl.col("exam_score").is_not_null() & (pl.col("n_scored") > 0)
    is_pending = (pl.col("n_pending") > 0) | (pl.col("n_scored") > 0)
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
    counts = objects.group_by("state", "reason").len()
    rows: list[tuple[str, str | None, int]] = []
    for state in states:
        of_state = counts.filter(state=state)
        rows.append((state, None, int(of_state["len"].sum())))
        reasons = of_state.drop_nulls("reason").sort("len", "reason", descending=[True, False])
        rows.extend(reasons.select("state", "reason", "len").iter_rows())
    return rows
