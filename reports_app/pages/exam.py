"""The exam page: four views as radiologists hang them, prior ones beside, scores and facts.

What the night stored cannot be changed here; the reader's decision is `exam_decision`'s.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from pydicom import uid

from reports_app.components import (
    HIDDEN,
    band_chip,
    downloads,
    flag_chips,
    message,
    named,
    short_key,
    table,
)
from reports_app.data import Reports
from reports_app.exam import Exam, Row
from reports_app.exam_records import ExamRecords, Prior
from reports_app.hanging import hanging_order
from reports_app.links import EXAM_PATH, LIST_PATH, Address
from reports_app.pages.exam_decision import decision_form
from reports_app.pages.exam_viewer import Hung, viewer
from reports_app.report_files import EXAM_KINDS
from reports_app.texts import NO_VALUE, Texts

LOSSY_SYNTAXES = frozenset(
    {
        uid.JPEGBaseline8Bit,
        uid.JPEGExtended12Bit,
        uid.JPEGLSNearLossless,
        uid.JPEG2000,
        uid.HTJ2K,
    }
)
"""Transfer syntaxes that may have lost something (PS3.6, annex A)."""


def content(
    address: Address, reports: Reports, records: ExamRecords, *, has_originals: bool
) -> list[Any]:
    """The page of the exam that the path names, with the prior one that the query names."""
    t = address.texts
    exam_key = unquote(address.path.removeprefix(EXAM_PATH))
    exam = reports.exam(exam_key)
    if exam is None:
        back = dcc.Link(t("exam.back"), href=address.to(LIST_PATH).href, className="button")
        text = t("exam.unknown_text", key=exam_key[:64])
        return [message(t("exam.unknown_title"), text, back)]
    priors = records.priors(exam_key)
    chosen = address.first("prior")
    prior = reports.exam(chosen) if chosen in {one.exam_key for one in priors} else None
    hung = [Hung(one, _unreadable(reports, one)) for one in (exam, prior) if one is not None]
    wall = viewer(t, hung, has_originals=has_originals)
    lost = html.P(t("prior.unknown"), className="warning")
    return [
        _head(address, exam),
        *([lost] if chosen and prior is None else []),
        html.Div([wall, _side(address, exam, records, priors)], className="exam"),
    ]


def _unreadable(reports: Reports, exam: Exam) -> set[str | None]:
    """The images whose stored pixels are not those that their digest was made of."""
    keys = [image.sop_instance_key for image in exam.images if image.geometry is not None]
    return {key for key in keys if key is None or reports.view(exam.exam_key, key) is None}


def _head(address: Address, exam: Exam) -> html.Div:
    t = address.texts
    title = html.H1([t("exam.title", key="").strip(), " ", short_key(exam.exam_key)])
    path = f"{EXAM_PATH}{exam.exam_key}/report."
    files = downloads(t, [(kind, f"{path}{kind}?lang={t.language}") for kind in EXAM_KINDS])
    return html.Div(
        [title, _place(t, exam), files, _steps(address, exam)], className="page-head"
    )


def _place(t: Texts, exam: Exam) -> html.Div:
    if exam.place is None:
        return html.Div(t("exam.not_listed"), className="freshness muted")
    words = t(
        "exam.place",
        rank=t.number(exam.place["rank"]),
        total=t.number(exam.n_listed),
        date=t.date(exam.place["list_date"]),
    )
    return html.Div(words, className="freshness")


def _steps(address: Address, exam: Exam) -> html.Nav:
    t = address.texts
    links = [
        dcc.Link(t("exam.back"), href=address.to(LIST_PATH).href, className="button quiet")
    ]
    for name, key in (("previous", exam.previous_key), ("next", exam.next_key)):
        if key is not None:
            links.append(
                dcc.Link(t(f"exam.{name}"), href=address.to_exam(key).href, className="button")
            )
    return html.Nav(links, className="steps", **named(t("exam.back")))


def _side(
    address: Address, exam: Exam, records: ExamRecords, priors: list[Prior]
) -> html.Aside:
    t = address.texts
    parts = [
        _verdict(t, exam),
        decision_form(t, records.outcomes(exam.exam_key)),
        _score_table(t, exam),
        _unscorable(t, exam),
        _quality(t, exam, records.quality(exam.exam_key)),
        _priors(address, priors),
        _facts(t, exam),
    ]
    return html.Aside([part for part in parts if part is not None], className="side")


def _priors(address: Address, priors: list[Prior]) -> html.Div:
    """The woman's earlier exams, each to be hung beside this one."""
    t = address.texts
    links = [
        dcc.Link(
            t("prior.compare", date=t.date(prior.exam_date)),
            href=address.having(prior=prior.exam_key).href,
        )
        for prior in priors
    ]
    if address.first("prior"):
        alone = address.having(prior=None).href
        links.append(dcc.Link(t("prior.alone"), href=alone))
    lines = html.Ul([html.Li(link) for link in links])
    return html.Div([html.H2(t("prior.title")), lines if links else html.P(t("prior.none"))])


def _quality(t: Texts, exam: Exam, rows: Sequence[Row]) -> html.Div | None:
    """What a reader should know of the images before trusting them."""
    names = {image.sop_instance_key: image.name for image in exam.images}
    lines = [
        t("quality.line", view=names[row["sop_instance_key"]] or t("code.unknown"), flags=found)
        for row in rows
        if row["sop_instance_key"] in names and (found := _quality_words(t, row))
    ]
    if not lines:
        return None
    return html.Div([html.H2(t("quality.title")), html.Ul([html.Li(line) for line in lines])])


def _quality_words(t: Texts, row: Row) -> str:
    flaws = {
        "eight_bits": row["bits_stored"] <= 8,
        "lossy": row["transfer_syntax_uid"] in LOSSY_SYNTAXES,
        "no_spacing": not row["imager_pixel_spacing_mm"],
    }
    return ", ".join(t(f"quality.{name}") for name, is_so in flaws.items() if is_so)


def _verdict(t: Texts, exam: Exam) -> html.Div:
    if exam.scores is None:
        return html.Div(
            [html.Div(t("exam.no_score"), className="big"), html.P(t(f"exam.{exam.state}"))],
            className="verdict unscored",
        )
    scores = exam.scores
    found = _finding(t, scores["finding"], scores["assessment"])
    breast, view = t.code("breast", scores["driving_breast"]), scores["driving_view"]
    band = [band_chip(scores["band"], large=True), t("exam.band", band=scores["band"])]
    score = [
        html.Span(t.number(scores["exam_score"], 2), className="big"),
        t("exam.exam_score"),
    ]
    calibrated = f"{t('exam.calibrated_score')}: {t.percent(scores['calibrated_score'])}"
    lines = [
        html.Div(band, className="band-line"),
        html.Div(score, className="score-line"),
        html.P(f"{found}, {breast}, {view}"),
        html.P(calibrated, className="muted small"),
    ]
    return html.Div(lines, className="verdict")


def _finding(t: Texts, finding: str | None, assessment: str | None) -> str:
    if finding in (None, "no_finding"):
        return t("finding.no_finding")
    words = {
        "finding": t.code("finding", finding),
        "assessment": t.code("assessment", assessment),
    }
    return t("exam.finding_words", **words)


def _score_table(t: Texts, exam: Exam) -> html.Div | None:
    if exam.scores is None:
        return None
    rows = [
        _score_row(
            t.code("breast", side).capitalize(),
            exam.scores[f"{name}_breast_score"],
            t,
            "",
            "breast",
        )
        for side, name in (("R", "right"), ("L", "left"))
    ]
    for image in hanging_order(exam.images):
        if image.malignancy_score is not None:
            found = _finding(t, image.finding, image.assessment)
            rows.append(
                _score_row(image.name or NO_VALUE, image.malignancy_score, t, found, "")
            )
    head = [t("exam.image"), t("list.score"), t("exam.finding")]
    return html.Div(
        [
            html.H2(t("exam.scores")),
            table(head, rows, t("exam.scores")),
            html.P(t("exam.score_note"), className="muted small"),
        ]
    )


def _score_row(label: str, score: float | None, t: Texts, found: str, name: str) -> html.Tr:
    meter = html.Span(
        html.Span(style={"width": f"{100 * (score or 0):.1f}%"}),
        className="meter",
        **HIDDEN,
    )
    cells = [html.Td([html.Span(t.number(score, 2)), meter]), html.Td(found)]
    return html.Tr([html.Th(label, scope="row"), *cells], className=name)


def _unscorable(t: Texts, exam: Exam) -> html.Div | None:
    images = [image for image in hanging_order(exam.images) if image.state == "unscorable"]
    if not images:
        return None
    lines = [
        html.Li(
            [html.Strong(image.name or t("code.unknown")), ": ", t.code("reason", image.reason)]
        )
        for image in images
    ]
    return html.Div(
        [html.H2(t("exam.unscorable_images")), html.Ul(lines)], className="unscorable-images"
    )


def _facts(t: Texts, exam: Exam) -> html.Div:
    place, scores = exam.place or {}, exam.scores or {}
    device = " ".join(
        part for part in (exam.manufacturer, exam.manufacturer_model_name) if part
    )
    age, waiting = exam.patient_age_years, place.get("waiting_days")
    facts: list[tuple[str, Any]] = [
        ("exam.date", t.date(exam.exam_date)),
        (
            "exam.waiting",
            t("exam.days", days=t.number(waiting)) if waiting is not None else None,
        ),
        ("exam.site", exam.site or t("code.unknown")),
        ("exam.age", t("exam.years", age=age) if age is not None else t("code.unknown")),
        ("exam.manufacturer", device or t("code.unknown")),
        ("exam.software", exam.software_versions),
        ("exam.flags", flag_chips(t, place.get("flags") or "")),
        ("exam.model", scores.get("model_version")),
        ("exam.calibration", scores.get("calibration_id")),
    ]
    pairs = [[html.Dt(t(key)), html.Dd(value)] for key, value in facts if value]
    return html.Div(
        [html.H2(t("exam.facts")), html.Dl([part for pair in pairs for part in pair])]
    )


def register(app: Dash) -> None:
    """Switch regions and heat map in the browser, without asking the server."""
    app.clientside_callback(
        ClientsideFunction("smartMammo", "layers"),
        Output("viewer", "className"),
        Output("viewer", "style"),
        Input("show-regions", "checked"),
        Input("show-saliency", "checked"),
        Input("saliency-opacity", "value"),
    )
