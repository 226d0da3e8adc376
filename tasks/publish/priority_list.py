"""The priority list: every unread exam in the order in which it should be read.

It orders and never removes: exams without a score stand in their own lane on top.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from tasks.lake.schemas import PRIORITY_LISTS
from tasks.publish.completion import STANDARD_VIEWS

AGEING_DAYS = 14
"""An exam that has waited longer may not starve behind higher scores."""

AGEING_EVERY = 5
"""Every fifth ranked place goes to the exam that has waited longest past `AGEING_DAYS`."""

_ORDER = ("ordering_score", "waiting_days", "exam_key")


def order_exams(exams: pl.DataFrame, list_date: date) -> pl.DataFrame:
    """Rank the exams of one day's list.

    Args:
        exams: One row an unread exam: its facts (exam_date, site, manufacturer,
            patient_age_years, has_implant), its row of `exam_scores` (null where unscored),
            `reason` (null where scored), and what `tasks.publish.drift.with_ordering` adds.
        list_date: The day that the list is read on.

    Returns:
        The columns of `priority_lists` but published_at and run_id, by rank. The same exams
        give the same list whatever their order.
    """
    waiting = (pl.lit(list_date) - pl.col("exam_date")).dt.total_days().cast(pl.Int64)
    exams = exams.with_columns(waiting_days=waiting, flags=_flags())
    unscorable = exams.filter(pl.col("exam_score").is_null()).sort(
        "waiting_days", "exam_key", descending=[True, False], nulls_last=True
    )
    ranked = exams.filter(pl.col("exam_score").is_not_null()).with_columns(
        reason=pl.lit("score")
    )
    lanes = [
        unscorable.with_columns(lane=pl.lit("unscorable")),
        _with_ageing(ranked).with_columns(lane=pl.lit("ranked")),
    ]
    return pl.concat(lanes, how="vertical_relaxed").select(
        pl.lit(list_date).alias("list_date"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank"),
        *(
            name
            for name in PRIORITY_LISTS.schema.names()
            if name not in {"list_date", "rank", "published_at", "run_id"}
        ),
    )


def _with_ageing(ranked: pl.DataFrame) -> pl.DataFrame:
    """Order by score, then let the longest waiting take every fifth place."""
    by_score = ranked.sort(_ORDER, descending=[True, True, False], nulls_last=True)
    aged = by_score.filter(pl.col("waiting_days") > AGEING_DAYS).sort(
        "waiting_days", *_ORDER, descending=[True, True, True, False]
    )
    queues = {"score": by_score["exam_key"].to_list(), "aged": aged["exam_key"].to_list()}
    places = _interleave(queues["score"], queues["aged"])
    order = pl.DataFrame(
        places, schema={"exam_key": pl.String, "reason": pl.String}, orient="row"
    )
    return order.join(by_score.drop("reason"), on="exam_key", maintain_order="left").select(
        by_score.columns
    )


def _interleave(by_score: list[str], aged: list[str]) -> list[tuple[str, str]]:
    places: list[tuple[str, str]] = []
    taken: set[str] = set()
    next_by_score, next_aged = iter(by_score), iter(aged)
    while len(places) < len(by_score):
        is_aged_turn = (len(places) + 1) % AGEING_EVERY == 0
        aged_key = _first_free(next_aged, taken) if is_aged_turn else None
        key = aged_key or _first_free(next_by_score, taken)
        if key is None:
            break
        taken.add(key)
        places.append((key, "aged" if aged_key else "score"))
    return places


def _first_free(keys: Iterator[str], taken: set[str]) -> str | None:
    return next((key for key in keys if key not in taken), None)


def _flags() -> pl.Expr:
    views = pl.col("views").fill_null("").str.split(",")
    conditions = {
        "views_missing": views.list.set_intersection(sorted(STANDARD_VIEWS)).list.len()
        < len(STANDARD_VIEWS),
        "extra_views": views.list.len() > views.list.unique().list.len(),
        "image_unscorable": pl.col("n_images_unscorable") > 0,
        "implant": pl.col("has_implant").fill_null(value=False),
        "score_drift": pl.col("has_drifted"),
    }
    named = [pl.when(condition).then(pl.lit(name)) for name, condition in conditions.items()]
    return pl.concat_str(named, separator=",", ignore_nulls=True)
