"""The evaluations page: every kept report, and one section of one of them at a time.

It evaluates nothing: `mammo evaluate` does, and keeps what this page shows.
"""

from typing import Any

from dash import dcc, html

from reports_app.components import card, message, named
from reports_app.evaluation.answers import facts_of
from reports_app.evaluation.report import FORMAT, build_checklist, build_sections
from reports_app.evaluation.sections import shown_scorers
from reports_app.evaluation.views import Section, interval
from reports_app.kept_reports import Kept, KeptReports
from reports_app.links import EVALUATIONS_PATH, Address
from reports_app.section_cards import scrolling, section_cards, text_table
from reports_app.texts import NO_VALUE, Texts
from reports_app.texts.evaluation import report_words


def content(address: Address, reports: KeptReports | None) -> list[Any]:
    """The page: the report and section of the address, else the newest and how it separates."""
    t, kept = address.texts, reports.list_evaluations() if reports else []
    if not kept:
        return [message(t("evaluations.none_title"), t("evaluations.none_text"))]
    asked = address.first("report")
    shown = next((one for one in kept if one.name == asked), kept[0])
    return [
        html.Div(html.H1(t("evaluations.title")), className="page-head"),
        html.Div([_list(address, kept), *_report(address, shown)], className="cards"),
    ]


def _list(address: Address, kept: list[Kept]) -> html.Section:
    t = address.texts
    head = [t(f"evaluations.{name}") for name in ("name", "made_at", "counts", "best")]
    rows: list[Any] = [[_link(address, one), *_summary(one)] for one in kept]
    title = t("evaluations.list")
    return card(title, [scrolling(text_table(head, rows, title), is_text=True)], 12)


def _link(address: Address, one: Kept) -> dcc.Link:
    return dcc.Link(one.name, href=address.to(EVALUATIONS_PATH).having(report=one.name).href)


def _summary(one: Kept) -> list[str]:
    report = _figures(one)
    if report is None:
        return [NO_VALUE] * 3
    level, count = next(iter(report["levels"].items()))
    best = shown_scorers(report)[0]
    figures = report["scorers"][best][level]
    auc = interval(figures["auc"], figures["auc_ci"])
    counts = f"{count['n']} ({count['n_cancers']})"
    return [report["made_at"][:16].replace("T", " "), counts, f"{best}, {auc}"]


def _figures(one: Kept) -> dict[str, Any] | None:
    """Of a report that this version wrote."""
    return one.figures if (one.figures or {}).get("format") == FORMAT else None


def _report(address: Address, shown: Kept) -> list[html.Section]:
    t = address.texts
    report = _figures(shown)
    if report is None:
        sentence = t("evaluations.unreadable", name=shown.name)
        return [card(shown.name, [html.P(sentence)], 12)]
    sections = _by_key(t, report)
    asked = address.first("section")
    key = asked if asked in sections else next(iter(sections))
    notes = [html.P(report["notice"]), _facts(t, report), html.P(t("evaluations.language"))]
    return [
        card(
            shown.name, [*notes, _chooser(address.having(report=shown.name), sections, key)], 12
        ),
        *section_cards(f"evaluation-{key}", [sections[key]], t, 12),
    ]


def _by_key(t: Texts, report: dict[str, Any]) -> dict[str, Section]:
    """Every section by its name in addresses: what separates first, the checklists last."""
    checklist = Section(t("evaluations.checklist"), [], [], [build_checklist(report)])
    sections = {
        one.title.lower().replace(" ", "-"): one
        for one in build_sections(report)
        if one.notes or one.plots or one.grids
    }
    return {**sections, "checklist": checklist}


def _facts(t: Texts, report: dict[str, Any]) -> html.Details:
    facts = [[report_words(name, t.language), value] for name, value in facts_of(report)]
    title = t("evaluations.facts")
    table = scrolling(text_table(["", ""], facts, title))
    return html.Details([html.Summary(title), table])


def _chooser(address: Address, sections: dict[str, Section], shown: str) -> html.Nav:
    t = address.texts
    links = [
        dcc.Link(
            report_words(section.title, t.language),
            href=address.having(section=key).href,
            className="button here" if key == shown else "button",
        )
        for key, section in sections.items()
    ]
    return html.Nav(links, className="sections", **named(t("evaluations.sections")))
