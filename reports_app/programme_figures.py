"""The programme's plots: an indicator by week. Groups in, a Plotly figure out."""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from reports_app.palette import ACCENT, WARNING
from reports_app.plotting import DASHED, empty_figure, remark, whiskers
from reports_app.texts import Texts
from tasks.publish.indicators import Group, Indicator


def trend(weeks: Sequence[Group], indicator: Indicator, t: Texts) -> go.Figure:
    """An indicator by week with 95 % intervals and its benchmark; hidden weeks are left out."""
    figure = empty_figure(t, t("axis.week"), _axis(t, indicator), showlegend=False)
    shares = [week.share for week in weeks if week.share is not None]
    figure.add_scatter(
        x=[date.fromisoformat(week.value) for week in weeks if week.share is not None],
        y=[indicator.scale * (share.value or 0) for share in shares],
        error_y=whiskers(shares, indicator.scale),
        mode="lines+markers",
        line={"color": ACCENT},
    )
    if indicator.benchmark is not None:
        figure.add_hline(y=indicator.scale * indicator.benchmark, line=DASHED)
        remark(figure, "- - " + t(f"kpi.{indicator.name}_benchmark"), WARNING)
    figure.update_xaxes(tickformat=t.plotly_date_format)
    figure.update_yaxes(rangemode="tozero")
    return figure


def _axis(t: Texts, indicator: Indicator) -> str:
    unit = "%" if indicator.scale == 100 else t("unit.per_1000")
    return f"{t('axis.value')}, {unit}"
