"""The manner that all plots share: white, few lines, numbers in the reader's notation.

It knows nothing of the campaign.
"""

from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from reports_app.palette import GRID, INK, MUTED, WARNING
from reports_app.texts import Texts
from tasks.publish.proportions import Proportion

CONFIG: Any = {
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displayModeBar": False,
    "responsive": True,
}
"""For every graph: nothing is sent anywhere. Buttons below it save it as picture and data."""

DASHED = {"color": WARNING, "width": 1.2, "dash": "dash"}

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def empty_figure(
    t: Texts, x_title: str | None, y_title: str | None, **layout: Any
) -> go.Figure:
    """An empty figure in the pages' manner: white, few lines, direct labels."""
    axis = {"automargin": True, "gridcolor": GRID, "zeroline": False}
    title = {"font": {"size": 12, "color": MUTED}, "standoff": 8}
    manner: dict[str, Any] = {
        "template": "none",
        "font": {"family": _FONT, "size": 12, "color": INK},
        "separators": t.plotly_separators,
        "margin": {"l": 8, "r": 16, "t": 24, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": {
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "font": {"size": 11},
            "traceorder": "normal",
        },
        "hoverlabel": {"bgcolor": "#ffffff", "font": {"color": INK, "family": _FONT}},
        "xaxis": {**axis, "title": {**title, "text": x_title}, "linecolor": "#c3cad2"},
        "yaxis": {
            **axis,
            "title": {**title, "text": y_title},
            "showline": False,
            "ticks": "",
            "ticklabelstandoff": 6,
        },
    }
    # At once: plotly's updates, property by property, took most of a page's time.
    return go.Figure(layout={**manner, **layout})


def warm_up() -> None:
    """Have plotly load what it loads at the first figure, before anybody waits for one."""
    empty_figure(Texts("es"), None, None).add_bar().add_box().add_scatter().add_heatmap()


def remark(figure: go.Figure, words: str, colour: str) -> None:
    """Say what a line or strip means, above the plot at the right, clear of the data."""
    figure.add_annotation(
        text=words,
        font={"size": 11, "color": colour},
        x=1,
        xref="paper",
        xanchor="right",
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
    )


def whiskers(shares: Sequence[Proportion], scale: int = 100) -> dict[str, Any]:
    """Error bars from the shares' 95 % intervals, in percent or on another scale."""
    intervals = [(share.value or 0.0, share.interval or (0.0, 0.0)) for share in shares]
    return {
        "type": "data",
        "symmetric": False,
        "array": [scale * (high - value) for value, (_, high) in intervals],
        "arrayminus": [scale * (value - low) for value, (low, _) in intervals],
        "color": MUTED,
        "thickness": 1.2,
        "width": 3,
    }


def tick_whole_numbers(update: Callable[..., Any], counts: pl.Series) -> None:
    """Tick small counts at whole numbers only."""
    if counts.len() and int(str(counts.max())) <= 6:
        update(dtick=1)
