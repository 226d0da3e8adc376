"""The models page: versions, who moved them on what evidence, and what one has proven.

It moves nothing: a promotion is a command, with a name on it.
"""

from typing import Any

from dash import dcc, html

from reports_app.comparison_sections import comparison_facts, comparison_sections
from reports_app.components import card, graph, message, table
from reports_app.exam import Row
from reports_app.links import MODELS_PATH, Address
from reports_app.model_figures import drift_lines
from reports_app.model_records import ModelRecords, Version
from reports_app.section_cards import scrolling, section_card, text_table
from reports_app.texts import NO_VALUE, Texts
from tasks.publish.drift import (
    KS_P_LIMIT,
    MIN_RECENT,
    MIN_REFERENCE,
    PSI_LIMIT,
    REFERENCE_DAYS,
    WeekOfScores,
)
from tasks.publish.suppression import is_small
from tasks.redeploy.gate import Finding
from tasks.redeploy.versions import SERVING


def content(address: Address, records: ModelRecords) -> list[Any]:
    """The page; the version of the address, else the newest, is shown in full."""
    t, versions = address.texts, [one for one in records.versions() if one.version]
    if not versions:
        return [message(t("models.none_title"), t("models.none_text"))]
    asked = address.first("version")
    shown = next((one for one in versions if one.version == asked), versions[-1])
    return [
        html.Div(html.H1(t("models.title")), className="page-head"),
        html.Div(
            [
                _versions(address, versions, shown),
                _moves(t, records.moves()),
                _gate(t, shown, records.findings(shown)),
                _nights(t, records, [one.version for one in versions]),
                _drift(t, records),
                *_comparison(t, shown.version, records.comparison(shown.version)),
                _model_card(t, shown),
            ],
            className="cards",
        ),
    ]


def _versions(address: Address, versions: list[Version], shown: Version) -> html.Section:
    t = address.texts
    names = ("version", "state", "status", "exams", "reports", "registered")
    rows = [_version_row(address, one, is_shown=one is shown) for one in versions]
    head = [t(f"models.{name}") for name in names]
    return card(t("models.versions"), [scrolling(table(head, rows, t("models.versions")))], 12)


def _version_row(address: Address, one: Version, *, is_shown: bool) -> html.Tr:
    t, record = address.texts, one.record or {}
    link = dcc.Link(one.version, href=address.to(MODELS_PATH).having(version=one.version).href)
    return html.Tr(
        [
            html.Th(html.Strong(link) if is_shown else link, scope="row"),
            html.Td(t.code("model_state", one.state)),
            html.Td(t.code("model_status", record.get("status"))),
            html.Td(t.number(one.n_exams)),
            html.Td(t.number(one.n_reports)),
            html.Td(t.moment(record.get("registered_at"))),
        ]
    )


def _moves(t: Texts, moves: list[Row]) -> html.Section:
    if not moves:
        return card(t("models.moves"), [html.P(t("models.no_moves"))], 12)
    head = [t(f"models.{name}") for name in ("when", "what", "who", "evidence", "override")]
    rows = [[t.moment(move["deployed_at"]), *_move_words(t, move)] for move in moves]
    moved = text_table(head, rows, t("models.moves"))
    return card(t("models.moves"), [scrolling(moved, is_text=True)], 12)


def _move_words(t: Texts, move: Row) -> list[str]:
    what = t(
        "models.move",
        action=t.code("model_action", move["action"]),
        former=move["former_model_version"] or NO_VALUE,
        version=move["model_version"],
    )
    return [what, move["operator"], move["evidence"], move["override"] or NO_VALUE]


def _gate(t: Texts, shown: Version, findings: list[Finding]) -> html.Section:
    title = t("models.gate", version=shown.version)
    if shown.state == SERVING:
        return card(title, [html.P(t("models.served_now"))])
    if not findings:
        return card(title, [html.P(t("models.unregistered", version=shown.version))])
    head = [t(f"models.{name}") for name in ("rule", "figure", "asks", "holds")]
    rows = [_finding_words(t, finding) for finding in findings]
    note = html.P(t("models.gate_note"), className="muted small")
    return card(title, [note, scrolling(text_table(head, rows, title), is_text=True)])


def _finding_words(t: Texts, finding: Finding) -> list[str]:
    answer = t("models.yes") if finding.holds else t("models.no")
    asked = t(f"gate_asks.{finding.rule.name}")
    return [finding.rule.name, t.number(finding.figure, 3), asked, answer]


def _nights(t: Texts, records: ModelRecords, versions: list[str]) -> html.Section:
    head = [t("models.list_date"), t("models.listed"), *versions]
    rows = [
        [t.date(day), *(t.number(count) for count in counts)]
        for day, *counts in records.nights(versions).iter_rows()
    ]
    note = html.P(t("models.shadow_note"), className="muted small")
    grid = scrolling(text_table(head, rows, t("models.shadow")))
    return card(t("models.shadow"), [note, grid])


def _drift(t: Texts, records: ModelRecords) -> html.Section:
    version = records.serving()
    weeks = records.weeks(version)
    title = t("models.drift", version=version)
    told = [
        html.P(f"{t.date(row['list_date'])}, v{row['model_version']}: {row['drift']}")
        for row in records.drifts()
    ]
    limits = {"psi": t.number(PSI_LIMIT, 2), "p": t.number(KS_P_LIMIT, 3)}
    few = {"recent": MIN_RECENT, "reference": MIN_REFERENCE, "days": REFERENCE_DAYS}
    note = html.P(t("models.drift_note", **limits, **few), className="muted small")
    has_medians = any(one.median is not None for one in weeks)
    shown = [
        note,
        *([graph("drift", drift_lines(weeks, t), title)] if has_medians else []),
        scrolling(_drift_table(t, weeks, title)),
    ]
    return card(
        title,
        [
            *(shown if weeks else [html.P(t("models.no_weeks"))]),
            html.H3(t("models.nights_told")),
            *(told or [html.P(t("models.no_drift"))]),
        ],
        12,
    )


def _drift_table(t: Texts, weeks: list[WeekOfScores], title: str) -> html.Table:
    """A row a manufacturer, a column a week."""
    mondays = sorted({one.week for one in weeks})
    makers = sorted({one.manufacturer for one in weeks}, key=lambda maker: maker or "")
    found = {(one.manufacturer, one.week): one for one in weeks}
    rows = [
        html.Tr(
            [
                html.Th(t.code("manufacturer", maker), scope="row"),
                *(_drift_cell(t, found.get((maker, monday))) for monday in mondays),
            ]
        )
        for maker in makers
    ]
    head = [t("models.week_of"), *(t.day_and_month(monday) for monday in mondays)]
    return table(head, rows, title)


def _drift_cell(t: Texts, one: WeekOfScores | None) -> html.Td:
    if one is None:
        return html.Td(NO_VALUE)
    if is_small(one.n):
        return html.Td(t("kpi.hidden"), className="muted")
    psi = t.number(one.shift.psi if one.shift else None, 2)
    counted = [html.Br(), html.Small(f"n={t.number(one.n)}", className="muted")]
    moved = [html.Br(), t("models.moved")] if one.has_moved else []
    return html.Td([psi, *moved, *counted], className="moved" if one.has_moved else "")


def _comparison(t: Texts, version: str, report: dict[str, Any] | None) -> list[html.Section]:
    if report is None:
        sentence = html.P(t("models.no_comparison", version=version))
        title = t("models.comparison", candidate=version, serving=NO_VALUE)
        return [card(title, [sentence], 12)]
    title = t("models.comparison", candidate=version, serving=report["against_version"])
    facts = [html.Li(f"{name}: {value}") for name, value in comparison_facts(report, t)]
    sections = comparison_sections(report, t)
    cards = [
        section_card(f"comparison-{place}", section) for place, section in enumerate(sections)
    ]
    return [card(title, [html.Ul(facts)], 12), *cards]


def _model_card(t: Texts, shown: Version) -> html.Section:
    title = t("models.card", version=shown.version)
    if shown.record is None:
        return card(title, [html.P(t("models.unregistered", version=shown.version))], 12)
    text = dcc.Markdown(shown.record["model_card"], link_target="_blank")
    return card(title, [text], 12)
