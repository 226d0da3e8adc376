"""The curve of a way of reading: cancers by cut, with the point that the reader moves."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from reports_app.palette import ACCENT, MUTED, WARNING
from reports_app.plotting import DASHED, empty_figure, remark
from reports_app.texts import Texts
from tasks.publish.proportions import Proportion


def policy_curve(
    t: Texts, line: Sequence[tuple[float, Proportion]], share: float, today: Proportion | None
) -> go.Figure:
    """Cancers by cut with their 95 % intervals, the chosen cut as a point.

    Args:
        t: The language.
        line: (share of exams above the cut 0-1, cancers), by share.
        share: The chosen one, among them.
        today: Cancers found as exams are read today; None where the curve is no detection.
    """
    figure = empty_figure(t, t("axis.cut"), t("axis.cancers_found"), showlegend=False)
    x = [100 * cut for cut, _ in line]
    bounds = [one.interval or (0.0, 0.0) for _, one in line]
    for values, fill in (
        ([low for low, _ in bounds], None),
        ([high for _, high in bounds], "tonexty"),
    ):
        figure.add_scatter(x=x, y=_percent(values), mode="lines", fill=fill, **_BAND)
    figure.add_scatter(
        x=x,
        y=_percent([one.value or 0.0 for _, one in line]),
        mode="lines",
        line={"color": ACCENT, "width": 2},
        hovertemplate="%{x:.1f} %: %{y:.1f} %<extra></extra>",
    )
    if today is not None and today.value is not None:
        figure.add_hline(y=100 * today.value, line=DASHED)
        remark(figure, f"- - {t('figure.found_today')}", WARNING)
    _add_point(figure, share, dict(line)[share])
    figure.update_xaxes(range=[-1, 101], ticksuffix=" %")
    figure.update_yaxes(range=[0, 104], ticksuffix=" %")
    return figure


_BAND: dict[str, Any] = {
    "line": {"width": 0},
    "fillcolor": "rgba(11, 92, 122, 0.14)",
    "hoverinfo": "skip",
}


def _percent(values: Sequence[float]) -> list[float]:
    return [100 * value for value in values]


def _add_point(figure: go.Figure, share: float, cancers: Proportion) -> None:
    value = 100 * (cancers.value or 0.0)
    figure.add_vline(x=100 * share, line={"color": MUTED, "width": 1, "dash": "dot"})
    figure.add_scatter(
        x=[100 * share],
        y=[value],
        mode="markers",
        marker={"color": WARNING, "size": 13, "line": {"color": "#ffffff", "width": 2}},
        hovertemplate="%{x:.1f} %: %{y:.1f} %<extra></extra>",
    )
