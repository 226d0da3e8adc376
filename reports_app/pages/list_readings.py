"""What readers do with the exams that they ticked in the list: take, assign, let go, read.

It records events and moves no exam.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html

from reports_app.access.sign_in import current_name
from reports_app.components import named
from reports_app.data import Reports
from reports_app.texts import NO_VALUE, Texts
from tasks.lake.store import Lake
from tasks.publish.reading_events import MAX_EXAMS, Action, record_events

ACTIONS = {
    "list-take": Action.ASSIGN, "list-assign": Action.ASSIGN, "list-release": Action.RELEASE,
    "list-read": Action.READ, "list-unread": Action.UNREAD,
}  # fmt: skip
"""Buttons and what they do with the chosen exams."""


@dataclass(frozen=True)
class Desk:
    """What recording needs: the lists, where events go, and the accounts that may read."""

    reports: Reports
    lake: Lake
    readers: Callable[[], Collection[str]]


def reading_tools(t: Texts, readers: Collection[str]) -> html.Div:
    """What is done with the chosen exams."""
    buttons = {
        name: html.Button(t(f"list.{name.removeprefix('list-')}"), id=name, className="button")
        for name in ACTIONS
    }
    who = dmc.Select(
        id="list-reader", data=sorted(readers), placeholder=t("list.reader"), size="sm", w=150,
        clearable=True, **named(t("list.reader")),
    )  # fmt: skip
    return html.Div(
        [
            html.Span(t("list.chosen"), className="muted small"),
            buttons["list-take"],
            who,
            *(buttons[name] for name in list(ACTIONS)[1:]),
            html.Span(id="list-answer", className="small", role="status"),
        ],
        className="list-actions",
    )


def record_readings(
    t: Texts, button: str, chosen: Collection[dict[str, Any]], reader: str | None, desk: Desk
) -> str:
    """Record what is done with the chosen exams, or say what keeps it from being recorded."""
    who, action = current_name(), ACTIONS[button]
    given = {"list-assign": reader, "list-take": who, "list-read": who}.get(button)
    keys = {str(row.get("exam_key")) for row in chosen or ()}
    if complaint := _complaint(t, keys, desk):
        return complaint
    if button == "list-assign" and given not in desk.readers():
        return t("list.no_reader")
    record_events(desk.lake, keys, action, given, who, datetime.now(UTC))
    return t(f"list.done_{action.value}", n=len(keys), reader=given or NO_VALUE)


def _complaint(t: Texts, keys: Collection[str], desk: Desk) -> str | None:
    if not keys:
        return t("list.none_chosen")
    if len(keys) > MAX_EXAMS:
        return t("list.too_many", n=MAX_EXAMS)
    listed = {
        key
        for day in desk.reports.list_dates()[:1]
        for key in desk.reports.priority_list(day)["exam_key"]
    }
    gone = set(keys) - listed
    return t("list.gone", n=len(gone)) if gone else None
