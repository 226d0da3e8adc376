"""The campaign's plots: frames in, Plotly figures out.

They read nothing; what a figure says in words stands beside it in `reports_app.pages.campaign`.
"""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from reports_app.campaign import AGE_BANDS, UNKNOWN
from reports_app.palette import ACCENT, BANDS, CATEGORIES, MUTED, STATES, WARNING
from reports_app.plotting import (
    DASHED,
    empty_figure,
    remark,
    tick_whole_numbers,
    whiskers,
)
from reports_app.texts import Texts
from tasks.publish.priority_list import AGEING_DAYS
from tasks.publish.proportions import Proportion, exclusion

EXPECTED_BAND_SHARE = 0.10
BAND_TOLERANCE = 0.02
EXCLUSION_BENCHMARK = 0.02
N_BINS = 20
MAX_DOTS = 200
"""Values of a box that are drawn one by one; of more, the browser gets the quartiles alone."""

_MAX_GROUPS = len(CATEGORIES) - 1


def volumes(exams: pl.DataFrame, t: Texts) -> go.Figure:
    """Exams by day, stacked by site; beyond six sites the smaller ones are one."""
    figure = empty_figure(t, t("axis.day"), t("axis.exams"), barmode="stack")
    sites = exams["site"].value_counts(sort=True)["site"].to_list()
    named = sorted(sites[:_MAX_GROUPS])
    rest = [site for site in sites if site not in named]
    groups = [(t.code("site", site or None), [site]) for site in named]
    if rest:
        groups.append((t("figure.other"), rest))
    for (label, members), colour in zip(groups, CATEGORIES, strict=False):
        days = exams.filter(pl.col("site").is_in(members)).group_by("day").len().sort("day")
        figure.add_bar(
            x=days["day"].to_list(), y=days["len"].to_list(), name=label, marker_color=colour
        )
    figure.update_xaxes(tickformat=t.plotly_date_format, hoverformat=t.plotly_date_format)
    tick_whole_numbers(figure.update_yaxes, exams.group_by("day").len()["len"])
    return figure


def reasons(rows: Sequence[tuple[str, str | None, int]], t: Texts) -> go.Figure:
    """Objects without a score by reason, coloured by state."""
    figure = empty_figure(t, t("axis.objects"), None, barmode="stack")
    explained = [(state, reason, n) for state, reason, n in rows if reason]
    for state in dict.fromkeys(state for state, _, _ in explained):
        of_state = [(reason, n) for other, reason, n in explained if other == state]
        figure.add_bar(
            x=[n for _, n in of_state],
            y=[t.code("reason", reason) for reason, _ in of_state],
            text=[t.number(n) for _, n in of_state],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            name=t.code("state", state),
            marker_color=STATES[state],
        )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    tick_whole_numbers(figure.update_xaxes, pl.Series([n for _, _, n in explained]))
    return figure


def score_histogram(exams: pl.DataFrame, t: Texts) -> go.Figure:
    """Exams by exam score, in twentieths."""
    figure = empty_figure(t, t("axis.exam_score"), t("axis.exams"), bargap=0.06)
    place = (exams["exam_score"].drop_nulls() * N_BINS).floor().clip(0, N_BINS - 1)
    counts = dict(place.cast(pl.Int64).value_counts().iter_rows())
    figure.add_bar(
        x=[(number + 0.5) / N_BINS for number in range(N_BINS)],
        y=[counts.get(number, 0) for number in range(N_BINS)],
        width=1 / N_BINS,
        marker_color=ACCENT,
        showlegend=False,
    )
    figure.update_xaxes(range=[0, 1])
    return figure


def band_shares(exams: pl.DataFrame) -> list[Proportion]:
    """How many of the scored exams lie in each band, 1 to 10."""
    scored = exams.drop_nulls("band")
    return [Proportion(scored.filter(band=band).height, scored.height) for band in range(1, 11)]


def band_bars(exams: pl.DataFrame, t: Texts) -> go.Figure:
    """The share of scored exams in each band, with 95 % intervals and what is expected."""
    figure = empty_figure(t, t("axis.band"), t("axis.share"))
    shares = band_shares(exams)
    _expected_strip(figure, t)
    figure.add_bar(
        x=list(range(1, 11)),
        y=[100 * (share.value or 0) for share in shares],
        error_y=whiskers(shares),
        marker={"color": BANDS, "line": {"color": MUTED, "width": 0.5}},
        customdata=[[share.n_events, share.n] for share in shares],
        hovertemplate=t("axis.band")
        + " %{x}: %{y:.1f} %<br>%{customdata[0]} / %{customdata[1]}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(dtick=1, showgrid=False)
    return figure


def _expected_strip(figure: go.Figure, t: Texts) -> None:
    low, high = (100 * (EXPECTED_BAND_SHARE + sign * BAND_TOLERANCE) for sign in (-1, 1))
    figure.add_hrect(
        y0=low,
        y1=high,
        fillcolor=ACCENT,
        opacity=0.14,
        line_width=0,
    )
    remark(figure, t("figure.expected"), MUTED)


def group_labels(exams: pl.DataFrame, column: str, t: Texts) -> list[tuple[str, str]]:
    """The groups of site, manufacturer or age_band that occur, with their labels, in order."""
    present = set(exams[column].unique())
    order = AGE_BANDS if column == "age_band" else sorted(present - {UNKNOWN})
    kind = "age" if column == "age_band" else column
    known = [(value, t.code(kind, value)) for value in order if value in present]
    return [*known, *([(UNKNOWN, t("code.unknown"))] if UNKNOWN in present else [])]


def score_boxes(exams: pl.DataFrame, column: str, t: Texts) -> go.Figure:
    """Exam scores by group, as boxes with every exam as a dot."""
    figure = empty_figure(t, t("axis.exam_score"), None, showlegend=False)
    scored = exams.drop_nulls("exam_score")
    for value, label in reversed(group_labels(scored, column, t)):
        scores = scored.filter(pl.col(column) == value)["exam_score"]
        _add_box(figure, scores, f"{label} (n={t.number(scores.len())})")
    figure.update_xaxes(range=[0, 1])
    return figure


def _add_box(figure: go.Figure, values: pl.Series, name: str) -> None:
    look: dict[str, Any] = {
        "name": name,
        "orientation": "h",
        "line": {"color": ACCENT, "width": 1.3},
        "fillcolor": "rgba(11, 92, 122, 0.08)",
    }
    if values.len() > MAX_DOTS:
        figure.add_box(y=[name], **box_of(values), **look)
        return
    figure.add_box(
        x=values.to_list(),
        boxpoints="all",
        jitter=0.5,
        pointpos=0,
        marker={"color": ACCENT, "size": 4, "opacity": 0.55},
        **look,
    )


def box_of(values: pl.Series) -> dict[str, list[float]]:
    """Quartiles, and the last values within one and a half boxes of them (Tukey)."""
    q1, median, q3 = (
        float(values.quantile(share, "linear") or 0) for share in (0.25, 0.5, 0.75)
    )
    reach = 1.5 * (q3 - q1)
    inside = values.filter(values.is_between(q1 - reach, q3 + reach))
    ends = {"lowerfence": inside.min(), "upperfence": inside.max()}
    box = {"q1": q1, "median": median, "q3": q3, **ends}
    return {end: [float(str(value))] for end, value in box.items()}


def band_heatmap(exams: pl.DataFrame, column: str, t: Texts) -> go.Figure:
    """The share of each group's scored exams in each band."""
    scored = exams.drop_nulls("band")
    groups = group_labels(scored, column, t)
    shares = [band_shares(scored.filter(pl.col(column) == value)) for value, _ in groups]
    figure = empty_figure(t, t("axis.band"), None)
    figure.add_heatmap(
        x=list(range(1, 11)),
        y=[
            f"{label} (n={t.number(row[0].n)})"
            for (_, label), row in zip(groups, shares, strict=True)
        ],
        z=[[100 * (share.value or 0) for share in row] for row in shares],
        text=[
            [t.number(100 * (share.value or 0)) if share.n_events else "" for share in row]
            for row in shares
        ],
        texttemplate="%{text}",
        colorscale=[[0, "#ffffff"], [0.35, "#a9cbd8"], [1, ACCENT]],
        xgap=2,
        ygap=2,
        hovertemplate="%{y}<br>" + t("axis.band") + " %{x}: %{z:.1f} %<extra></extra>",
        colorbar={"title": {"text": "%", "side": "top"}, "thickness": 10, "outlinewidth": 0},
    )
    figure.update_xaxes(dtick=1, showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def exclusion_dots(exams: pl.DataFrame, column: str, t: Texts) -> go.Figure:
    """The share of exams excluded for technical reasons by group, with 95 % intervals."""
    groups = group_labels(exams, column, t)
    shares = [exclusion(exams.filter(pl.col(column) == value)) for value, _ in groups]
    shown = [
        (label, share) for (_, label), share in zip(groups, shares, strict=True) if share.n
    ]
    figure = rate_dots(t, t("axis.excluded"), shown)
    figure.add_vline(x=100 * EXCLUSION_BENCHMARK, line=DASHED)
    remark(figure, "- - " + t("figure.benchmark"), WARNING)
    return figure


def rate_dots(t: Texts, axis: str, rates: Sequence[tuple[str, Proportion]]) -> go.Figure:
    """Shares with their 95 % intervals, one named line each."""
    figure = empty_figure(t, axis, None)
    figure.add_scatter(
        x=[100 * (share.value or 0) for _, share in rates],
        y=[f"{label} ({t.number(one.n_events)}/{t.number(one.n)})" for label, one in rates],
        error_x=whiskers([share for _, share in rates]),
        mode="markers",
        cliponaxis=False,
        marker={"color": ACCENT, "size": 9},
        hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def waiting_histogram(exams: pl.DataFrame, t: Texts) -> go.Figure:
    """Exams on the latest list by days waited, and from when waiting moves an exam up."""
    figure = empty_figure(t, t("axis.waiting_days"), t("axis.exams"), bargap=0.1)
    days = exams["waiting_days"].drop_nulls().value_counts().sort("waiting_days")
    figure.add_bar(
        x=days["waiting_days"].to_list(),
        y=days["count"].to_list(),
        marker_color=ACCENT,
        showlegend=False,
    )
    tick_whole_numbers(figure.update_yaxes, days["count"])
    figure.add_vline(
        x=AGEING_DAYS + 0.5,
        line=DASHED,
    )
    remark(figure, "- - " + t("figure.ageing"), WARNING)
    return figure


def hours_boxes(exams: pl.DataFrame, t: Texts) -> go.Figure:
    """Hours from acquisition to the first score, by site."""
    figure = empty_figure(t, t("axis.hours"), None, showlegend=False)
    timed = exams.drop_nulls("hours_to_score")
    for value, label in reversed(group_labels(timed, "site", t)):
        hours = timed.filter(pl.col("site") == value)["hours_to_score"]
        _add_box(figure, hours, f"{label} (n={t.number(hours.len())})")
    figure.update_xaxes(rangemode="tozero")
    return figure
