"""The page on technical quality: the rate of each defect by site and by manufacturer.

It names groups of images and never one: those who enter may see no identifier.
"""

from typing import Any

from dash import html

from reports_app.components import card, graph, message, proportion_tile, table
from reports_app.data import Reports
from reports_app.figures import rate_dots
from reports_app.links import Address
from reports_app.quality import BESIDE, SHOWN, Group, count_flags, groups
from reports_app.texts import Texts

COLUMNS = ("site", "manufacturer")


def content(address: Address, reports: Reports) -> list[Any]:
    """The page."""
    t, quality = address.texts, reports.image_quality()
    head = html.Div([html.H1(t("image_quality.title"))], className="page-head")
    if quality.is_empty():
        return [message(t("image_quality.title"), t("image_quality.empty"))]
    total = count_flags(t("image_quality.all"), quality)
    grouped = {column: groups(quality, column) for column in COLUMNS}
    return [
        head,
        html.P(t("image_quality.lead"), className="muted"),
        html.Div(_tiles(t, total), className="tiles"),
        html.Div(
            [
                *(_rates(t, column, found) for column, found in grouped.items()),
                *(_table(t, column, found, total) for column, found in grouped.items()),
                _explanation(t),
            ],
            className="cards",
        ),
    ]


def _tiles(t: Texts, total: Group) -> list[html.Div]:
    defects = ("blurred", "cut_off", "duplicated_pixels", "blank")
    shares = {"any": total.any_defect} | {name: total.flags[name] for name in defects}
    return [
        proportion_tile(t, f"quality_{name}", share, "images") for name, share in shares.items()
    ]


def _label(t: Texts, column: str, group: Group) -> str:
    return t.code(column, group.name or None)


def _rates(t: Texts, column: str, found: list[Group]) -> html.Section:
    title = f"{t(f'image_quality.by_{column}')}: {_uncapitalised(t('image_quality.rate'))}"
    words = "; ".join(
        f"{_label(t, column, group)} {t.percent(group.any_defect.value)}" for group in found
    )
    rates = [(_label(t, column, one), one.any_defect) for one in found]
    figure = rate_dots(t, t("image_quality.axis"), rates)
    return card(title, [graph(f"quality-{column}", figure, words)])


def _table(t: Texts, column: str, found: list[Group], total: Group) -> html.Section:
    flags = (*SHOWN, *BESIDE)
    head = [
        t(f"image_quality.group_{column}"),
        t("image_quality.images"),
        t("image_quality.any"),
        *(t.code("flag", flag) for flag in flags),
    ]
    rows = [_row(t, _label(t, column, group), group, "") for group in found]
    rows.append(_row(t, total.name, total, "total"))
    title = t(f"image_quality.by_{column}")
    return card(title, [table(head, rows, title)], width=12)


def _row(t: Texts, label: str, group: Group, class_name: str) -> html.Tr:
    shares = [group.any_defect, *group.flags.values()]
    cells = [
        html.Td(t.percent(share.value) if share.n_events else t.number(0)) for share in shares
    ]
    n_images = html.Td(t.number(group.any_defect.n))
    return html.Tr([html.Th(label, scope="row"), n_images, *cells], className=class_name)


def _explanation(t: Texts) -> html.Section:
    lines = [
        html.Li([html.Strong(t.code("flag", flag)), f": {t(f'image_quality.{flag}')}."])
        for flag in SHOWN
    ]
    beside = html.P(t("image_quality.beside"), className="muted small")
    return card(t("image_quality.explain"), [html.Ul(lines), beside], width=12)


def _uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]
