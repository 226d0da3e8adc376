"""The campaign as a PDF: how much, what became of it, every indicator, and by what they differ.

It is written from the same records as the page; what would tell of few women is hidden here
too. It fetches nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import typst

from reports_app.campaign import Campaign, CampaignFilter, state_table
from reports_app.figures import band_shares
from reports_app.programme import counts_under, groups_under
from reports_app.statistics import Statistic, grouped_statistics, programme_statistics
from reports_app.texts import NO_VALUE, TEXTS, Texts
from tasks.publish.accounting import STATES
from tasks.publish.exam_image import Row
from tasks.publish.indicators import INDICATORS, missing
from tasks.publish.result import DISCLAIMER

_TEMPLATE = Path(__file__).parent / "templates" / "campaign_report.typ"
_TRENDS = ("recall_rate", "detection_rate")
_MAX_BARS = 26
"""Weeks of half a year: more would not be legible on a page."""


@dataclass(frozen=True)
class CampaignFacts:
    """What the report is written from.

    Args:
        campaign: The part that the filter left.
        whole: The programme's exams with what readers and registers know.
        part: Those that the filter left.
        targets: Rows of `targets`.
        chosen: The filter.
        last_run: The row of the last night; None before the first.
    """

    campaign: Campaign
    whole: pl.DataFrame
    part: pl.DataFrame
    targets: pl.DataFrame
    chosen: CampaignFilter
    last_run: Row | None


def campaign_pdf(t: Texts, facts: CampaignFacts) -> bytes:
    """The report, A4."""
    content = report_content(t, facts)
    return typst.compile(
        _TEMPLATE.read_bytes(), sys_inputs={"report": json.dumps(content)}, format="pdf"
    )


def report_content(t: Texts, facts: CampaignFacts) -> dict[str, Any]:
    """What the report says, in words: its lines, plots and tables."""
    statistics = programme_statistics(facts.whole, facts.part, facts.targets, facts.chosen)
    return {
        "lang": t.language,
        "title": t("report.campaign_title"),
        "notice": DISCLAIMER[t.language],
        "lines": [_as_of(t, facts), t("report.filter", part=filter_words(t, facts.chosen))],
        "plots": _plots(t, facts),
        "tables": [
            _states(t, facts.campaign),
            _indicators(t, statistics),
            _by_site(t, facts.whole, facts.chosen),
        ],
        "note": t("programme.lead"),
    }


def filter_words(t: Texts, chosen: CampaignFilter) -> str:
    """A filter in words."""
    days = [
        f"{t(f'filter.{name}')} {t.date(day)}"
        for name, day in (("from", chosen.first_day), ("to", chosen.last_day))
        if day
    ]
    values = [
        *(t.code("site", site or None) for site in chosen.sites),
        *(t.code("manufacturer", name or None) for name in chosen.manufacturers),
        *(t.code("age", band or None) for band in chosen.age_bands),
        *(t.code("comuna", name or None) for name in chosen.comunas),
    ]
    return ", ".join([*days, *values]) or t("report.everything")


def _as_of(t: Texts, facts: CampaignFacts) -> str:
    run = facts.last_run
    return (
        t("report.as_of", moment=t.moment(run["finished_at"])) if run else t("report.no_night")
    )


def _plots(t: Texts, facts: CampaignFacts) -> list[dict[str, Any]]:
    weeks = counts_under(facts.whole, "week", facts.chosen)[-_MAX_BARS:]
    bands = band_shares(facts.campaign.exams)
    plots = [
        _bars(t("report.weeks"), [
            (_week(t, week), float(n), t.number(n)) for week, n in weeks if n is not None
        ]),
        _bars(t("report.bands"), [
            (str(place), share.value or 0.0, t.percent(share.value, 0))
            for place, share in enumerate(bands, start=1)
        ]),
        *(_trend(t, facts, name) for name in _TRENDS),
    ]  # fmt: skip
    return [plot for plot in plots if plot["bars"]]


def _trend(t: Texts, facts: CampaignFacts, name: str) -> dict[str, Any]:
    """An indicator by week; hidden weeks are left out."""
    [indicator] = [each for each in INDICATORS if each.name == name]
    computable = not missing(indicator, facts.part)
    whole, chosen = facts.whole, facts.chosen
    weeks = groups_under(indicator, whole, "week", chosen) if computable else []
    shown = [
        (_week(t, week.value), week.share.value, t.rate(week.share.value, indicator.scale))
        for week in weeks[-_MAX_BARS:]
        if week.share and week.share.value is not None
    ]
    return _bars(t(f"kpi.{name}"), shown, indicator.benchmark)


def _bars(
    title: str, bars: Sequence[tuple[str, float, str]], line: float | None = None
) -> dict[str, Any]:
    """A bar chart: each bar's height as a share of the highest."""
    highest = max((value for _, value, _ in bars), default=0.0)
    top = max(highest, line or 0.0) or 1.0
    return {
        "title": title,
        "line": None if line is None else line / top,
        "bars": [
            {"label": label, "height": value / top, "words": words}
            for label, value, words in bars
        ],
    }


def _week(t: Texts, day: str) -> str:
    _, month, first = day.split("-")
    return f"{first}-{month}" if t.language == "es" else f"{month}-{first}"


def _states(t: Texts, campaign: Campaign) -> dict[str, Any]:
    rows = [
        [
            t.code("state", state) if reason is None else "",
            t.code("reason", reason) if reason else "",
            t.number(n),
        ]
        for state, reason, n in state_table(campaign.objects, STATES)
    ]
    header = [t("report.states"), t("report.reason"), t("table.n")]
    return {"title": t("report.states"), "header": header, "rows": rows, "n_text": 2}


def _indicators(t: Texts, statistics: Sequence[Statistic]) -> dict[str, Any]:
    header = ["indicator", "value", "interval", "of", "benchmark_source"]
    return {
        "title": t("report.indicators"),
        "header": [t(f"statistics.{name}") for name in header],
        "rows": [_indicator_row(t, row) for row in statistics],
        "n_text": 1,
    }


def _indicator_row(t: Texts, row: Statistic) -> list[str]:
    benchmark = f"kpi.{row.indicator}_benchmark"
    source = t(benchmark) if benchmark in TEXTS else ""
    return [t(f"kpi.{row.indicator}"), *_numbers(t, row), source]


def _numbers(t: Texts, row: Statistic) -> list[str]:
    """Value, interval, and of how many; or why there is none."""
    if row.state == "hidden":
        return [t("kpi.hidden"), "", ""]
    if row.state == "missing":
        what = ", ".join(t(f"need.{need}") for need in row.lacks)
        return [t("kpi.not_computable"), t("kpi.missing", what=what), ""]
    if row.unit == "share":
        interval = f"{t.rate(row.low, row.scale)} {NO_VALUE} {t.rate(row.high, row.scale)}"
        of = f"{t.number(row.n_events)} / {t.number(row.n)}"
        return [t.rate(row.value, row.scale), interval, of]
    if row.unit == "days":
        detail = {"p90": t.number(row.p90), "longest": t.number(row.longest)}
        spread = t("kpi.days_detail", **detail, n=t.number(row.n))
        return [t("kpi.days", days=t.number(row.value)), spread, t.number(row.n)]
    return [t.number(row.value), t("kpi.oldest", days=t.number(row.longest)), t.number(row.n)]


def _by_site(t: Texts, whole: pl.DataFrame, chosen: CampaignFilter) -> dict[str, Any]:
    rows = [
        [t(f"kpi.{row.indicator}"), t.code("site", row.group or None), *_numbers(t, row)]
        for row in grouped_statistics(whole, "site", chosen)
        if row.indicator in _TRENDS
    ]
    header = [
        t(f"statistics.{name}") for name in ("indicator", "group", "value", "interval", "of")
    ]
    return {"title": t("report.by_site"), "header": header, "rows": rows, "n_text": 2}
