"""Sections of a report as cards of a page: notes, plots and tables, in the page's language.

It draws what `reports_app.evaluation.views` holds and knows no figure.
"""

from dataclasses import replace
from typing import Any

from dash import html

from reports_app.components import card, graph, table
from reports_app.evaluation.figures import figure
from reports_app.evaluation.views import Axis, Grid, Plot, Section
from reports_app.texts import Texts
from reports_app.texts.evaluation import report_words

PLOT_HEIGHT_PX = 420


def section_cards(name: str, sections: list[Section], t: Texts, width: int = 6) -> list[Any]:
    """A card for each section, its titles, heads and axes in the page's language."""
    return [
        section_card(f"{name}-{place}", translated(section, t), width)
        for place, section in enumerate(sections)
    ]


def section_card(name: str, section: Section, width: int = 6) -> html.Section:
    """A section as it is."""
    notes = [html.P(note, className="muted small") for note in section.notes]
    plots = [
        html.Div(
            [
                html.H3(plot.title),
                graph(f"{name}-{number}", figure(plot), plot.title, PLOT_HEIGHT_PX),
            ]
        )
        for number, plot in enumerate(section.plots)
    ]
    grids = [
        scrolling(grid_table(grid, section.title), is_text=grid.is_text)
        for grid in section.grids
    ]
    # Side by side: a ROC three times as wide as high says little.
    drawn = [html.Div(plots, className="halves")] if plots and width == 12 else plots
    return card(section.title, [*notes, *drawn, *grids], width)


def grid_table(grid: Grid, title: str) -> html.Div:
    """A table with its own title above it, where it has one."""
    head = [html.H3(grid.title)] if grid.title else []
    filled = text_table(grid.header, grid.rows, grid.title or title)
    return html.Div([*head, filled], className=f"words-{grid.n_words}")


def text_table(head: list[str], rows: list[list[str]], caption: str) -> html.Table:
    """A table whose cells are told; the first one of a row names it."""
    lines = [
        html.Tr([html.Th(first, scope="row"), *(html.Td(cell) for cell in rest)])
        for first, *rest in rows
    ]
    return table(head, lines, caption)


def scrolling(content: Any, *, is_text: bool = False) -> html.Div:
    """What may be wider than the screen; a table of words is aligned at the left."""
    return html.Div(content, style={"overflowX": "auto"}, className="said" if is_text else "")


def translated(section: Section, t: Texts) -> Section:
    """A section with titles, heads, names of rows and axes in the page's language."""

    def words(text: str) -> str:
        return report_words(text, t.language)

    def axis(one: Axis) -> Axis:
        return replace(one, label=words(one.label))

    def plot(one: Plot) -> Plot:
        lines = [replace(line, name=words(line.name)) for line in one.series]
        return replace(one, title=words(one.title), x=axis(one.x), y=axis(one.y), series=lines)

    return Section(
        words(section.title),
        section.notes,
        [plot(one) for one in section.plots],
        [
            replace(
                one,
                title=words(one.title),
                header=[words(head) for head in one.header],
                rows=[[words(first), *rest] for first, *rest in one.rows],
            )
            for one in section.grids
        ],
    )
