"""The parts that pages are made of: frame, tiles, cards, chips, notices.

They hold no numbers of their own and read nothing.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
from dash import dcc, html

from reports_app.access.roles import EVERYBODY, Role, may_enter
from reports_app.access.sign_in import SIGN_OUT_PATH, is_signed_in
from reports_app.links import (
    CAMPAIGN_PATH,
    CLASSIFY_PATH,
    DATA_SETS_PATH,
    EVALUATIONS_PATH,
    LIST_PATH,
    MODELS_PATH,
    NIGHTS_PATH,
    QUALITY_PATH,
    WHAT_IF_PATH,
    Address,
)
from reports_app.palette import BANDS, ink_on_band
from reports_app.plotting import CONFIG
from reports_app.texts import NO_VALUE, Texts
from tasks.publish.proportions import Proportion

NAVIGATION = {
    "nav.campaign": CAMPAIGN_PATH,
    "nav.list": LIST_PATH,
    "what_if.title": WHAT_IF_PATH,
    "nights.title": NIGHTS_PATH,
    "nav.quality": QUALITY_PATH,
    "nav.classify": CLASSIFY_PATH,
    "nav.models": MODELS_PATH,
    "nav.evaluations": EVALUATIONS_PATH,
    "data_sets.title": DATA_SETS_PATH,
}
"""Texts of the sections and where they are, in the order of the header."""

HIDDEN: dict[str, Any] = {"aria-hidden": "true"}
"""For what only decorates words that stand beside it."""


def named(words: str) -> dict[str, Any]:
    """What a screen reader calls an element that has no visible name."""
    return {"aria-label": words}


def told(**values: str) -> dict[str, Any]:
    """What the browser's own code reads from an element, as data-* attributes."""
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items()}


def page_frame(
    address: Address, content: Sequence[Any], roles: Collection[Role] = EVERYBODY
) -> list[Any]:
    """A whole page: header with navigation as far as roles open it, the notice, the content."""
    t = address.texts
    return [
        html.A(t("app.skip"), href="#content", className="skip"),
        html.Header(
            [_brand(t), _navigation(address, roles), _language_link(address), *_sign_out(t)],
            className="top",
        ),
        notice(t),
        html.Main(content, id="content", tabIndex="-1"),
    ]


def _brand(t: Texts) -> html.Div:
    return html.Div(
        [html.Strong(t("app.name")), html.Span(t("app.subtitle"), className="muted")],
        className="brand",
    )


def _navigation(address: Address, roles: Collection[Role]) -> html.Nav:
    t = address.texts
    links = [
        _nav_link(t(name), address.to(path), is_here=address.path == path)
        for name, path in NAVIGATION.items()
        if may_enter(roles, path)
    ]
    return html.Nav(links, **named(t("nav.label")))


def _sign_out(t: Texts) -> list[html.Form]:
    """The way out, where somebody came in."""
    if not is_signed_in():
        return []
    button = html.Button(t("sign_in.out"), type="submit", className="button quiet")
    return [html.Form(button, action=SIGN_OUT_PATH, method="post", className="sign-out")]


def _nav_link(label: str, target: Address, *, is_here: bool) -> dcc.Link:
    return dcc.Link(label, href=target.href, className="here" if is_here else "")


def _language_link(address: Address) -> dcc.Link:
    t = address.texts
    other = address.having(lang="es" if t.language == "en" else "en")
    return dcc.Link(
        t("nav.language"), href=other.href, className="language", title=t("nav.language_label")
    )


def notice(t: Texts) -> html.Div:
    """The words that stand wherever a score is shown."""
    words = [html.Strong(t("app.notice")), html.Span(t("app.research"))]
    return html.Div(words, className="notice", role="note")


def message(title: str, text: str, *more: Any) -> html.Section:
    """A state in a sentence: nothing there yet, unknown, or not readable."""
    return html.Section([html.H1(title), html.P(text), *more], className="message")


def tile(
    t: Texts, name: str, value: str, details: Sequence[str], benchmark: str | None = None
) -> html.Div:
    """An indicator: label, value, what it rests on; its definition on demand."""
    lines = [*details, *([t("kpi.benchmark", benchmark=benchmark)] if benchmark else [])]
    return html.Div(
        [
            html.Div(
                [html.Span(t(f"kpi.{name}")), _definition(t, name)], className="tile-label"
            ),
            html.Div(value, className="tile-value long" if len(value) > 8 else "tile-value"),
            *(html.Div(line, className="tile-detail") for line in lines),
        ],
        className="tile",
        id=f"tile-{name}",
    )


def _definition(t: Texts, name: str) -> html.Details:
    label = f"{t('kpi.definition')}: {t(f'kpi.{name}')}"
    return html.Details(
        [html.Summary("i", **named(label)), html.P(t(f"kpi.{name}_definition"))],
        className="definition",
    )


def proportion_tile(
    t: Texts, name: str, share: Proportion, unit: str, benchmark: str | None = None
) -> html.Div:
    """A share with its numbers and its 95 % interval, or what is missing for it."""
    if share.interval is None:
        return tile(
            t, name, t("kpi.not_computable"), [t("kpi.missing", what=t(f"kpi.{name}_missing"))]
        )
    low, high = (t.percent(bound) for bound in share.interval)
    numbers = t(
        "kpi.of", n_events=t.number(share.n_events), n=t.number(share.n), unit=t(f"unit.{unit}")
    )
    return tile(
        t,
        name,
        t.percent(share.value),
        [numbers, t("kpi.interval", low=low, high=high)],
        benchmark,
    )


def card(title: str, content: Sequence[Any], width: int = 6, tools: Any = None) -> html.Section:
    """A titled box, `width` twelfths of the page wide."""
    head = html.Div(
        [html.H2(title), *([tools] if tools is not None else [])], className="card-head"
    )
    return html.Section([head, *content], className=f"card span-{width}")


def graph(name: str, figure: go.Figure, words: str, height_px: int = 280) -> html.Figure:
    """A plot that says in words what it shows."""
    plot = dcc.Graph(
        id=f"graph-{name}", figure=figure, config=CONFIG, style={"height": f"{height_px}px"}
    )
    # Not role="img": inside it nobody could reach the buttons that save it.
    return html.Figure([plot, _figure_files(words)], **named(words))


def _figure_files(words: str) -> html.Figcaption:
    """Buttons of assets/figure_files.js, which writes what the browser has drawn."""
    buttons = [
        html.Button(
            kind, type="button", **told(figure=kind.lower()), **named(f"{kind}: {words}")
        )
        for kind in ("CSV", "SVG", "PNG")
    ]
    return html.Figcaption(buttons, className="figure-files")


def nothing(t: Texts) -> html.P:
    """What stands in a card where the filters leave no data."""
    return html.P(t("figure.nothing"), className="muted nothing")


def band_chip(band: int | None, *, large: bool = False) -> html.Span:
    """A band as a number on its colour; a dash where there is none."""
    if band is None:
        return html.Span(NO_VALUE, className="chip none")
    style = {"backgroundColor": BANDS[band - 1], "color": ink_on_band(band)}
    return html.Span(str(band), className="chip large" if large else "chip", style=style)


def short_key(key: str) -> html.Abbr:
    """The first eight characters of a pseudonym; the whole of it on pointing."""
    return html.Abbr(key[:8], title=key, className="key")


def flag_chips(t: Texts, flags: str) -> list[html.Span]:
    """The flags of a list row as small labels."""
    return [
        html.Span(t.code("flag", flag), className="flag") for flag in flags.split(",") if flag
    ]


def table(head: Sequence[str], rows: Sequence[html.Tr], caption: str) -> html.Table:
    """A plain table; `caption` is read to those who cannot see the heading above it."""
    header = html.Tr([html.Th(label, scope="col") for label in head])
    return html.Table(
        [html.Caption(caption, className="unseen"), html.Thead(header), html.Tbody(list(rows))]
    )


class Cell(NamedTuple):
    """What a sortable table shows and is sorted by; cells without a value come last."""

    shown: Any
    value: float | str | None = None


def sortable_table(
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    caption: str,
    total: Sequence[Cell] = (),
) -> html.Table:
    """A table that each heading sorts (assets/sorting.js); the total stays below."""
    buttons = [html.Button(label, type="button", className="sort") for label in head]
    header = html.Tr([html.Th(button, scope="col") for button in buttons])
    foot = [html.Tfoot(_sortable_row(total, "total"))] if total else []
    body = html.Tbody([_sortable_row(row) for row in rows])
    parts = [html.Caption(caption, className="unseen"), html.Thead(header), body, *foot]
    return html.Table(parts, className="sortable")


def _sortable_row(row: Sequence[Cell], name: str = "") -> html.Tr:
    first, *others = row
    values = ["" if cell.value is None else str(cell.value) for cell in row]
    cells = [
        html.Th(first.shown, scope="row", **told(value=values[0])),
        *(
            html.Td(cell.shown, **told(value=value))
            for cell, value in zip(others, values[1:], strict=True)
        ),
    ]
    return html.Tr(cells, className=name)


def downloads(t: Texts, files: Sequence[tuple[str, str]]) -> html.P:
    """Links to what a page can be taken away as: each kind and its address."""
    links = [
        part
        for kind, href in files
        for part in (" ", html.A(t(f"report.file_{kind}"), href=href))
    ]
    return html.P([f"{t('report.take_away')}:", *links], className="muted small downloads")
