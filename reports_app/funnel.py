"""The way from an object in the bucket to an exam that was read, and what falls off where.

It counts what the campaign's frames hold and reads no table.
"""

from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from reports_app.campaign import Campaign
from reports_app.palette import ACCENT, CATEGORIES
from reports_app.plotting import empty_figure
from reports_app.texts import Texts


@dataclass(frozen=True)
class Step:
    """One step of the way.

    Args:
        name: objects, images, images_scored, exams, exams_scored or exams_read.
        n: How many got so far.
        lost: Why those of the step before did not: (kind of code, code, how many), frequent
            first; they add up to the difference where both steps count the same things.
    """

    name: str
    n: int
    lost: tuple[tuple[str, str, int], ...] = ()


def funnel(campaign: Campaign, programme: pl.DataFrame) -> list[Step]:
    """The steps, first to last.

    Args:
        campaign: The part that the filters left.
        programme: Its exams, of `reports_app.programme.join_programme`.
    """
    objects, exams = campaign.objects, campaign.exams
    images, scored = objects.filter(pl.col("state") != "rejected"), exams.filter(state="scored")
    is_read = pl.col("read_date").is_not_null()
    n_read = programme.filter(is_read, pl.col("state") == "scored").height
    unread = (("funnel", "unread", scored.height - n_read),) if scored.height > n_read else ()
    return [
        Step("objects", campaign.n_objects),
        Step("images", _sum(images), _reasons(objects.filter(state="rejected"))),
        Step(
            "images_scored",
            _sum(images.filter(state="scored")),
            _reasons(images.filter(pl.col("state") != "scored")),
        ),
        Step("exams", exams.height),
        Step("exams_scored", scored.height, _states(exams)),
        Step("exams_read", n_read, unread),
    ]


def _sum(objects: pl.DataFrame) -> int:
    return int(objects["n"].sum())


def _reasons(objects: pl.DataFrame) -> tuple[tuple[str, str, int], ...]:
    told = objects.select(
        kind=pl.when(pl.col("reason").is_null())
        .then(pl.lit("state"))
        .otherwise(pl.lit("reason")),
        code=pl.coalesce("reason", "state"),
        n="n",
    )
    sums = told.group_by("kind", "code").agg(pl.col("n").sum())
    counts = sums.sort("n", "code", descending=[True, False])
    return tuple(counts.iter_rows())


def _states(exams: pl.DataFrame) -> tuple[tuple[str, str, int], ...]:
    counts = exams.filter(pl.col("state") != "scored").group_by("state").len().sort("state")
    return tuple(("state", state, n) for state, n in counts.iter_rows())


def funnel_bars(steps: list[Step], t: Texts) -> go.Figure:
    """A bar a step; what counts images and what counts exams differ in colour."""
    figure = empty_figure(t, None, None, showlegend=False)
    figure.add_bar(
        x=[step.n for step in steps],
        y=[t(f"funnel.{step.name}") for step in steps],
        text=[t.number(step.n) for step in steps],
        textposition="outside",
        cliponaxis=False,
        orientation="h",
        marker_color=[
            CATEGORIES[2] if step.name.startswith("exams") else ACCENT for step in steps
        ],
    )
    widest = max(step.n for step in steps)
    figure.update_xaxes(range=[0, 1.15 * widest], showticklabels=False, showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure
