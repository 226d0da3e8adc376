"""The exam page's decision: BI-RADS of each breast, density, recall; and later outcomes.

The one place of the app where a reader writes into the lake. The exam must still be there.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html

from models.contract import DENSITIES, LATERALITIES
from reports_app.access.sign_in import current_name
from reports_app.data import Reports
from reports_app.exam import Row
from reports_app.links import EXAM_PATH, Address
from reports_app.texts import NO_VALUE, Texts
from tasks.lake.store import Lake
from tasks.publish.decision import BIRADS_ASSESSMENTS, READER, Decision, record_decision

YES, NO = "yes", "no"


def decision_form(t: Texts, outcomes: Sequence[Row]) -> html.Div:
    """The form, filled with what the reader decided before."""
    former = {row["breast"]: row for row in outcomes if row["source"] == READER}
    first: Row = next(iter(former.values()), {})
    recalled = {True: YES, False: NO, None: None}[first.get("recalled")]
    choices = [
        {"value": YES, "label": t("decision.yes")},
        {"value": NO, "label": t("decision.no")},
    ]
    return html.Div(
        [
            html.H2(t("decision.title")),
            html.Div(
                [
                    *(_birads(t, side, former.get(side, {})) for side in LATERALITIES),
                    _select(
                        "decision-density", t("decision.density"), DENSITIES,
                        first.get("breast_density"),
                    ),
                    _select("decision-recalled", t("decision.recalled"), choices, recalled),
                ],
                className="decision-fields",
            ),
            html.Button(t("decision.save"), id="decision-save", className="button"),
            html.P(_written(t, first), id="decision-answer", className="small", role="status"),
            *_later(t, [row for row in outcomes if row["source"] != READER]),
        ],
        className="decision",
    )  # fmt: skip


def _birads(t: Texts, side: str, former: Row) -> dmc.Select:
    label = t("decision.birads", breast=t.code("breast", side))
    return _select(
        f"decision-birads-{side}", label, BIRADS_ASSESSMENTS, former.get("birads_assessment")
    )


def _select(name: str, label: str, choices: Any, value: str | None) -> dmc.Select:
    return dmc.Select(
        id=name, label=label, data=list(choices), value=value, size="xs", clearable=True,
        comboboxProps={"withinPortal": True},
    )  # fmt: skip


def _written(t: Texts, former: Row) -> str:
    if not former:
        return t("decision.none")
    who, when = former["recorded_by"] or NO_VALUE, t.moment(former["recorded_at"])
    return t("decision.written", who=who, when=when)


def _later(t: Texts, rows: Sequence[Row]) -> list[Any]:
    """What pathology and registries found afterwards."""
    if not rows:
        return []
    lines = [
        html.Li(
            t(
                "decision.later_line",
                source=t.code("source", row["source"]),
                breast=t.code("breast", row["breast"]),
                found=t(_finding_key(row["is_malignant"])),
            )
        )
        for row in rows
    ]
    return [html.H2(t("decision.later")), html.Ul(lines)]


def _finding_key(is_malignant: bool | None) -> str:
    return {True: "decision.malignant", False: "decision.benign", None: "code.unknown"}[
        is_malignant
    ]


def decide(
    values: Sequence[Any], address: Address, reports: Reports, lake: Lake, who: str
) -> str:
    """Write a decision, or say what keeps it from being written.

    Args:
        values: BI-RADS of R and L, density, recall, as the form holds them.
        address: Of the exam's page.
        reports: Whether the exam is still there.
        lake: Where the decision goes.
        who: The reader's account.
    """
    t = address.texts
    *assessments, density, recalled = values
    given = {
        side: value for side, value in zip(LATERALITIES, assessments, strict=True) if value
    }
    if not given or recalled not in (YES, NO):
        return t("decision.incomplete")
    exam_key = unquote(address.path.removeprefix(EXAM_PATH))
    if reports.exam(exam_key) is None:
        return t("exam.unknown_text", key=exam_key[:64])
    try:
        decision = Decision(exam_key, given, density or None, recalled == YES)
    except ValueError:
        return t("decision.incomplete")
    now = datetime.now(UTC)
    record_decision(lake, decision, who, now)
    return t("decision.written", who=who, when=t.moment(now))


def register(app: Dash, reports: Reports, lake: Lake) -> None:
    """Write the decision when the reader says so."""

    @app.callback(
        Output("decision-answer", "children"),
        Input("decision-save", "n_clicks"),
        State("decision-birads-R", "value"),
        State("decision-birads-L", "value"),
        State("decision-density", "value"),
        State("decision-recalled", "value"),
        State("url", "pathname"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def save(_: int | None, *given: Any) -> str:  # pyright: ignore[reportUnusedFunction]  # Dash calls it
        *values, path, search = given
        return decide(values, Address.parse(path, search), reports, lake, current_name())
