"""Plots of an evaluation as Plotly figures that ask nothing of the network.

The page carries plotly.js itself, once; no figure offers to upload anything.
"""

import plotly.graph_objects as go
import plotly.io as pio

from reports_app.evaluation.views import Axis, Plot
from reports_app.palette import GRID, INK, MUTED

CONFIG = {
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displayModeBar": False,
    "responsive": True,
}
_HEIGHT_PX = 420
MAX_DRAWN = 7
"""Further lines wait in the legend until they are clicked; reference lines do not."""


def figure(plot: Plot) -> go.Figure:
    """Draw a plot: its best lines, two axes with the plot's own ticks, a legend below."""
    lines = [
        go.Scatter(
            x=series.x,
            y=series.y,
            name=series.name,
            mode="lines+markers" if series.has_markers else "lines",
            line={"color": series.color, "dash": series.dash, "width": 2},
            marker={"size": 6},
            hovertemplate="%{x:.3f}, %{y:.3f}",
            visible=True if place < MAX_DRAWN or series.color == MUTED else "legendonly",
        )
        for place, series in enumerate(plot.series)
    ]
    return go.Figure(lines).update_layout(
        template="plotly_white",
        height=_HEIGHT_PX,
        margin={"l": 64, "r": 28, "t": 8, "b": 48},
        font={"family": "system-ui, sans-serif", "size": 13, "color": INK},
        legend={"orientation": "h", "y": -0.2, "yanchor": "top"},
        xaxis=_axis(plot.x),
        yaxis=_axis(plot.y),
    )


def _axis(axis: Axis) -> dict[str, object]:
    low, high = axis.ticks[0], axis.ticks[-1]
    margin = 0.01 * (high - low)
    return {
        "title": {"text": axis.label, "standoff": 8},
        "range": [low - margin, high + margin],
        "tickvals": list(axis.ticks),
        "ticktext": [axis.tick_text(value) for value in axis.ticks],
        "gridcolor": GRID,
        "zeroline": False,
    }


def figure_html(plot: Plot, *, with_library: bool) -> str:
    """A plot as a `div`; the first of a page brings plotly.js along."""
    return pio.to_html(
        figure(plot),
        config=dict(CONFIG),  # plotly takes entries out of it
        include_plotlyjs=with_library,
        full_html=False,
        default_width="100%",
    )
