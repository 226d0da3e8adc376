"""The models page's plot: how each manufacturer's scores stood week by week.

It computes nothing: `tasks.publish.drift` does.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports_app.palette import CATEGORIES, WARNING
from reports_app.plotting import empty_figure
from reports_app.texts import Texts
from tasks.publish.drift import WeekOfScores

_DASHES = ("solid", "dash", "dot", "dashdot")


def drift_lines(weeks: Sequence[WeekOfScores], t: Texts) -> go.Figure:
    """The median score of each week by manufacturer; a ring marks a week that moved."""
    figure = empty_figure(t, t("models.week"), t("models.median_score"))
    makers = sorted({one.manufacturer for one in weeks}, key=lambda maker: maker or "")
    for place, maker in enumerate(makers):
        shown = [one for one in weeks if one.manufacturer == maker and one.median is not None]
        figure.add_scatter(
            x=[one.week for one in shown],
            y=[one.median for one in shown],
            customdata=[t.number(one.n) for one in shown],
            name=t.code("manufacturer", maker),
            mode="lines+markers",
            line={
                "color": CATEGORIES[place % len(CATEGORIES)],
                "dash": _DASHES[place // len(CATEGORIES) % len(_DASHES)],
                "width": 2,
            },
            marker={
                "size": [13 if one.has_moved else 6 for one in shown],
                "line": {
                    "width": [3 if one.has_moved else 0 for one in shown],
                    "color": WARNING,
                },
            },
            hovertemplate="%{x}: %{y:.2f} (n=%{customdata})",
        )
    mondays = sorted({one.week for one in weeks})
    figure.update_xaxes(
        tickvals=mondays, tickformat=t.plotly_date_format, hoverformat=t.plotly_date_format
    )
    figure.update_yaxes(rangemode="tozero")
    return figure
