"""The campaign page: its filters, its freshness, and what the tiles and cards show below them.

Everything on it obeys the same filters, so its totals agree.
"""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update

from reports_app.campaign import Campaign
from reports_app.campaign_report import filter_words
from reports_app.components import downloads, message, named
from reports_app.data import Reports, age_hours
from reports_app.exam import Row
from reports_app.funnel import funnel
from reports_app.links import CAMPAIGN_FILES, CAMPAIGN_PATH, UNKNOWN_IN_ADDRESS, Address
from reports_app.pages.campaign_cards import GROUPINGS, campaign_cards, funnel_cards
from reports_app.pages.campaign_comparison import EQUITY_GROUPS
from reports_app.pages.campaign_programme import PROGRAMME_ID, programme_section
from reports_app.pages.campaign_tiles import campaign_tiles
from reports_app.report_files import CAMPAIGN_KINDS
from reports_app.texts import Texts
from tasks.publish.indicators import INDICATORS

STALE_AFTER_HOURS = 36


def content(address: Address, reports: Reports) -> list[Any]:
    """The page for what the address asks for."""
    t = address.texts
    everything = reports.campaign()
    if everything.objects.is_empty():
        return [message(t("empty.title"), t("empty.text"))]
    run = reports.last_run()
    head = html.Div([html.H1(t("campaign.title")), _freshness(t, run)], className="page-head")
    part = t("report.filter", part=filter_words(t, address.campaign_filter))
    return [
        head,
        html.P(part, className="printed"),
        _filters(address, everything),
        *_body(address, everything, reports),
    ]


def _body(address: Address, everything: Campaign, reports: Reports) -> list[Any]:
    t, chosen = address.texts, address.campaign_filter
    campaign = everything.filtered(chosen)
    if chosen.first_day and chosen.last_day and chosen.first_day > chosen.last_day:
        return [html.P(t("filter.upside_down"), className="nothing")]
    if campaign.objects.is_empty():
        return [html.P(t("filter.nothing"), className="nothing")]
    run, programme = reports.last_run(), reports.programme()
    total_of_run = run["n_objects"] if run and chosen.is_everything else None
    part = programme.filter(chosen.condition())
    cards = [
        *funnel_cards(t, funnel(campaign, part)),
        *campaign_cards(address, campaign, total_of_run),
    ]
    files = [(kind, f"{CAMPAIGN_FILES}{kind}{address.search}") for kind in CAMPAIGN_KINDS]
    return [
        html.Div([downloads(t, files), _jump(t)], className="page-links"),
        html.Div(campaign_tiles(t, campaign), className="tiles"),
        html.Div(cards, className="cards"),
        *programme_section(address, programme, part, reports.targets()),
    ]


def _jump(t: Texts) -> html.P:
    link = html.A(t("programme.title"), href=f"#{PROGRAMME_ID}")
    return html.P([f"{t('programme.jump')}: ", link], className="muted small downloads")


def _freshness(t: Texts, run: Row | None) -> html.Div:
    if run is None:
        return html.Div(t("freshness.never"), className="freshness stale")
    words = [
        t(
            "freshness.last_run",
            outcome=t.code("outcome", run["outcome"]).lower(),
            moment=t.moment(run["finished_at"]),
            list_date=t.date(run["list_date"]),
        )
    ]
    if run["failure"]:
        words.append(t("freshness.failure", failure=run["failure"]))
    is_stale = age_hours(run, datetime.now(UTC)) > STALE_AFTER_HOURS
    if is_stale:
        words.append(t("freshness.stale", hours=STALE_AFTER_HOURS))
    is_alarming = is_stale or run["outcome"] != "completed"
    return html.Div(
        " ".join(words), className="freshness stale" if is_alarming else "freshness"
    )


def _filters(address: Address, everything: Campaign) -> html.Form:
    t, chosen = address.texts, address.campaign_filter
    days = everything.objects["day"]
    bounds = {"min": str(days.min()), "max": str(days.max())}
    return html.Form(
        [
            _day_input(t, "from", str(chosen.first_day or ""), bounds),
            _day_input(t, "to", str(chosen.last_day or ""), bounds),
            _choice(t, "site", everything.choices("site"), chosen.sites, t("filter.all")),
            _choice(
                t, "manufacturer", everything.choices("manufacturer"), chosen.manufacturers,
                t("filter.all_manufacturers"),
            ),
            _choice(
                t, "age", everything.choices("age_band"), chosen.age_bands, t("filter.all")
            ),
            _choice(
                t, "comuna", everything.choices("comuna"), chosen.comunas, t("filter.all")
            ),
            dcc.Link(
                t("filter.clear"), href=address.to(CAMPAIGN_PATH).href, className="button quiet"
            ),
            html.Span(t("filter.day_note"), className="muted small filter-note"),
        ],
        className="filters",
        **named(t("campaign.filters")),
    )  # fmt: skip


def _day_input(t: Texts, name: str, value: str, bounds: dict[str, str]) -> dmc.TextInput:
    return dmc.TextInput(
        id=f"filter-{name}",
        label=t(f"filter.{name}"),
        value=value,
        attributes={"input": {"type": "date", **bounds}},
        debounce=700,
        size="sm",
        w=150,
    )


def _choice(
    t: Texts, name: str, values: list[str], chosen: tuple[str, ...], placeholder: str
) -> dmc.MultiSelect:
    options = [
        {"value": value or UNKNOWN_IN_ADDRESS, "label": t.code(name, value or None)}
        for value in values
    ]
    return dmc.MultiSelect(
        id=f"filter-{name}",
        label=t(f"filter.{name}"),
        data=options,
        value=[value or UNKNOWN_IN_ADDRESS for value in chosen],
        placeholder=None if chosen else placeholder,
        clearable=True,
        size="sm",
        className="choice",
    )


def register(app: Dash) -> None:
    """Let the filters move the address, and the address alone decide what the page shows."""

    @app.callback(
        Output("url", "search", allow_duplicate=True),
        Input("filter-from", "value"),
        Input("filter-to", "value"),
        Input("filter-site", "value"),
        Input("filter-manufacturer", "value"),
        Input("filter-age", "value"),
        Input("filter-comuna", "value"),
        Input("group-by", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def choose(*given: Any) -> Any:  # pyright: ignore[reportUnusedFunction]  # Dash calls it
        *values, search = given
        chosen = search_of_choice(values, search)
        return no_update if chosen == search else chosen

    @app.callback(
        Output("url", "search", allow_duplicate=True),
        Input("equity-indicator", "value"),
        Input("equity-by", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def compare(indicator: str, by: str, search: str | None) -> Any:  # pyright: ignore[reportUnusedFunction]  # Dash calls it
        chosen = search_of_comparison(indicator, by, search)
        return no_update if chosen == search else chosen


def search_of_comparison(indicator: str, by: str, search: str | None) -> str:
    """The address's search once an indicator is compared by something."""
    is_default = indicator == INDICATORS[0].name
    return (
        Address.parse(CAMPAIGN_PATH, search)
        .having(
            indicator=None if is_default else indicator,
            compare=None if by == EQUITY_GROUPS[0] else by,
        )
        .search
    )


def search_of_choice(values: list[Any], search: str | None) -> str:
    """The address's search once the filters have these values.

    Args:
        values: First day, last day, sites, manufacturers, age bands, comunas and grouping, as
            the controls say.
        search: The address's present search.
    """
    first_day, last_day, sites, manufacturers, age_bands, comunas, by = values
    address = Address.parse(CAMPAIGN_PATH, search)
    return address.having(
        **{"from": first_day or None, "to": last_day or None},
        site=_chosen(sites),
        manufacturer=_chosen(manufacturers),
        age=_chosen(age_bands),
        comuna=_chosen(comunas),
        by=None if by in (None, GROUPINGS[0]) else by,
    ).search


def _chosen(values: list[str] | None) -> tuple[str, ...]:
    return tuple(values or ())
