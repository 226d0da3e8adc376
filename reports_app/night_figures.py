"""The nights' plots: time by stage, objects by state. Frames in, Plotly figures out."""

import plotly.graph_objects as go
import polars as pl

from reports_app.palette import CATEGORIES, STATES
from reports_app.plotting import empty_figure
from reports_app.texts import TIMEZONE, Texts


def stage_bars(runs: pl.DataFrame, t: Texts) -> go.Figure:
    """Seconds of each stage, stacked, a bar a night."""
    figure = empty_figure(t, t("axis.night"), t("axis.seconds"), barmode="stack")
    stages = runs.explode("stage_seconds").unnest("stage_seconds").drop_nulls("stage")
    names = stages["stage"].unique(maintain_order=True).to_list()
    for place, name in enumerate(names):
        of_stage = stages.filter(stage=name)
        figure.add_bar(
            x=_nights(of_stage),
            y=of_stage["seconds"].to_list(),
            name=name,
            marker_color=CATEGORIES[place % len(CATEGORIES)],
        )
    figure.update_xaxes(type="category")
    return figure


def object_bars(runs: pl.DataFrame, t: Texts) -> go.Figure:
    """Objects by state at the end of each night."""
    figure = empty_figure(t, t("axis.night"), t("axis.objects"), barmode="stack")
    for state, colour in STATES.items():
        figure.add_bar(
            x=_nights(runs),
            y=runs[f"n_{state}"].to_list(),
            name=t.code("state", state),
            marker_color=colour,
        )
    figure.update_xaxes(type="category")
    return figure


def _nights(runs: pl.DataFrame) -> list[str]:
    """Their start on the clock of Santiago."""
    local = runs["started_at"].dt.convert_time_zone(str(TIMEZONE))
    return local.dt.strftime("%d-%m %H:%M").to_list()
