"""The page of data sets: what was imported, and one exploration in full.

It reads no image: `mammo explore` does, and keeps what this page shows.
"""

from dataclasses import replace
from typing import Any

from dash import dcc, html

from reports_app.components import card, graph, message
from reports_app.evaluation.views import Section
from reports_app.exploration_report import exploration_plots, exploration_tables
from reports_app.kept_reports import Kept, KeptReports
from reports_app.links import DATA_SETS_PATH, Address
from reports_app.section_cards import scrolling, section_cards, text_table
from reports_app.texts import NO_VALUE, Texts
from tasks.datasets.exploration_pixels import as_uri

_PICTURE = {"height": "12rem", "background": "#000"}


def content(address: Address, reports: KeptReports | None) -> list[Any]:
    """The page; the set of the address, else the first that was explored, is shown in full."""
    t, kept = address.texts, reports.list_data_sets() if reports else []
    if not kept:
        return [message(t("data_sets.none_title"), t("data_sets.none_text"))]
    explored = [one for one in kept if one.figures is not None]
    asked = address.first("set")
    shown = next((one for one in explored if one.name == asked), next(iter(explored), None))
    return [
        html.Div(html.H1(t("data_sets.title")), className="page-head"),
        html.Div([_list(address, kept), *(_exploration(t, shown))], className="cards"),
    ]


def _list(address: Address, kept: list[Kept]) -> html.Section:
    t = address.texts
    names = ("name", "kind", "images", "patients", "state")
    rows: list[Any] = [_row(address, one) for one in kept]
    title = t("data_sets.list")
    table = text_table([t(f"data_sets.{name}") for name in names], rows, title)
    return card(title, [scrolling(table)], 12)


def _row(address: Address, one: Kept) -> list[Any]:
    t, figures = address.texts, one.figures
    if figures is None:
        return [one.name, *[NO_VALUE] * 3, t("data_sets.unexplored", name=one.name)]
    link = dcc.Link(one.name, href=address.to(DATA_SETS_PATH).having(set=one.name).href)
    counts = [t.number(figures["n_images"]), t.number(figures["n_patients"])]
    return [link, t.code("image_kind", figures["kind"]), *counts, t("data_sets.explored")]


def _exploration(t: Texts, shown: Kept | None) -> list[html.Section]:
    if shown is None or shown.figures is None:
        return []
    figures = shown.figures
    plots = [
        graph(f"set-{place}", plot, _title(plot))
        for place, plot in enumerate(exploration_plots(figures, t))
    ]
    tables = [
        Section(grid.title, [], [], [replace(grid, title="")])
        for grid in exploration_tables(figures)
    ]
    copies = html.P(t("data_sets.copies", **figures["copies"]))
    return [
        card(f"{shown.name}: {t('data_sets.counts')}", [copies, _side_by_side(plots)], 12),
        *section_cards("set-table", tables, t),
        card(t("data_sets.gallery"), [_gallery(figures["gallery"])], 12),
    ]


def _title(plot: Any) -> str:
    return str(plot.layout.title.text)


def _side_by_side(plots: list[html.Figure]) -> html.Div:
    grid = "repeat(auto-fit, minmax(22rem, 1fr))"
    return html.Div(plots, style={"display": "grid", "gridTemplateColumns": grid})


def _gallery(pictures: list[dict[str, Any]]) -> html.Div:
    drawn = [
        html.Figure(
            [
                html.Img(src=as_uri(picture), alt=picture["label"], style=_PICTURE),
                html.Figcaption(picture["label"], className="small"),
            ],
            style={"margin": "0"},
        )
        for picture in pictures
    ]
    style = {"display": "flex", "flexWrap": "wrap", "gap": "0.75rem"}
    return html.Div(drawn, style=style)
