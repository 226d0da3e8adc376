"""The exam page: four views hung as radiologists expect, with regions, heat map, scores and facts.

It shows what the night stored; nothing can be changed here.
"""

from typing import Any
from urllib.parse import quote, unquote

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from reports_app.components import band_chip, flag_chips, message, short_key, table
from reports_app.data import Reports
from reports_app.exam import Exam, ExamImage
from reports_app.hanging import (
    Box,
    Slot,
    frame_aspect,
    frame_sizes,
    hang,
    hanging_order,
    is_mirrored,
    region_box,
)
from reports_app.links import EXAM_PATH, LIST_PATH, Address
from reports_app.palette import FINDINGS
from reports_app.texts import Texts

DEFAULT_OPACITY = 50


def content(address: Address, reports: Reports) -> list[Any]:
    """The page of the exam that the path names."""
    t = address.texts
    exam_key = unquote(address.path.removeprefix(EXAM_PATH))
    exam = reports.exam(exam_key)
    if exam is None:
        back = dcc.Link(t("exam.back"), href=address.to(LIST_PATH).href, className="button")
        text = t("exam.unknown_text", key=exam_key[:64])
        return [message(t("exam.unknown_title"), text, back)]
    return [
        _head(address, exam),
        html.Div([_viewer(t, exam), _side(t, exam)], className="exam"),
    ]


def _head(address: Address, exam: Exam) -> html.Div:
    t = address.texts
    title = html.H1([t("exam.title", key="").strip(), " ", short_key(exam.exam_key)])
    return html.Div([title, _place(t, exam), _steps(address, exam)], className="page-head")


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
    links = [dcc.Link(t("exam.back"), href=address.to(LIST_PATH).href, className="button quiet")]
    for name, key in (("previous", exam.previous_key), ("next", exam.next_key)):
        if key is not None:
            links.append(dcc.Link(t(f"exam.{name}"), href=address.to_exam(key).href, className="button"))
    return html.Nav(links, className="steps", **{"aria-label": t("exam.back")})


def _viewer(t: Texts, exam: Exam) -> html.Section:
    hanging = hang(exam.images)
    sizes = frame_sizes(exam.images)
    aspect = {"--frame-aspect": f"{frame_aspect(exam.images):.4f}"}
    pairs = [
        html.Div([_slot(t, exam, slot, sizes) for slot in pair], className="pair")
        for pair in hanging.pairs
    ]
    others = [image for image in hanging.others if image.geometry is not None]
    return html.Section(
        [
            _switches(t),
            html.Div(pairs, className="hanging", style=aspect),
            *([_other_images(t, exam, others, sizes, aspect)] if others else []),
            html.P([t("exam.same_scale"), " ", t("exam.reduced")], className="small viewer-note"),
        ],
        id="viewer",
        className="viewer",
        style={"--heat": 0},
        **{"aria-label": t("exam.viewer")},
    )


def _switches(t: Texts) -> html.Div:
    return html.Div(
        [
            dmc.Switch(id="show-regions", label=t("exam.regions"), checked=True, size="sm"),
            dmc.Switch(id="show-saliency", label=t("exam.saliency"), checked=False, size="sm"),
            dmc.Slider(
                id="saliency-opacity",
                value=DEFAULT_OPACITY,
                min=10,
                max=100,
                step=5,
                size="sm",
                w=140,
                label=None,
                **{"aria-label": t("exam.opacity")},
            ),
        ],
        className="switches",
    )


def _slot(t: Texts, exam: Exam, slot: Slot, sizes: dict[int, tuple[float, float]]) -> html.Div:
    side = "right" if slot.laterality == "R" else "left"
    image = slot.image
    if image is None:
        inside = [html.P(t("exam.no_view", view=slot.name), className="no-image")]
    elif image.geometry is None:
        inside = [html.P(_why_empty(t, slot.name, image), className="no-image")]
    else:
        inside = [_picture(t, exam, image, sizes[id(image)])]
    score = image.malignancy_score if image else None
    caption = html.Div(
        [html.Strong(slot.name), html.Span(t.number(score, 2)) if score is not None else None],
        className="view-name",
    )
    view = slot.view.lower()
    return html.Div([html.Div(inside, className=f"frame {side} {view}"), caption], className=f"slot {side}")


def _why_empty(t: Texts, name: str, image: ExamImage) -> list[Any]:
    if image.state == "pending":
        return [html.Strong(t("exam.view_pending", view=name))]
    if image.state == "unscorable":
        return [html.Strong(t("exam.view_unscorable", view=name)), html.Br(), t.code("reason", image.reason)]
    return [t("exam.pixels_missing")]


def _picture(t: Texts, exam: Exam, image: ExamImage, size: tuple[float, float]) -> html.Div:
    """A view in its place: picture, heat map above it, regions on top."""
    width, height = size
    alt = t(
        "exam.image_alt",
        view=image.view,
        breast=t.code("breast", image.laterality),
        score=t.number(image.malignancy_score, 2),
        n_regions=len(image.regions),
    )
    layers = [
        html.Img(src=picture_path(exam.exam_key, image, "image"), alt=alt, title=""),
        html.Img(src=picture_path(exam.exam_key, image, "saliency"), alt="", className="heat"),
        *(_region(t, image, number) for number in range(len(image.regions))),
    ]
    return html.Div(layers, className="picture", style={"width": f"{100 * width:.2f}%", "height": f"{100 * height:.2f}%"})


def picture_path(exam_key: str, image: ExamImage, layer: str) -> str:
    """Where the PNG of an image's layer is served."""
    return f"{EXAM_PATH}{quote(exam_key, safe='')}/{quote(image.sop_instance_key or '', safe='')}/{layer}.png"


def _region(t: Texts, image: ExamImage, number: int) -> html.Div:
    if image.geometry is None:
        raise ValueError("A region needs the geometry of its image.")
    region = image.regions[number]
    box = region_box(region, image.geometry, mirrored=is_mirrored(image))
    score = t.number(region.score, 2)
    colour = {"borderColor": FINDINGS.get(region.finding, FINDINGS["no_finding"])}
    sides = ["low" if box.top < 0.06 else "high", "to-right" if box.left < 0.5 else "to-left"]
    label = html.Span(f"{t.code('finding_short', region.finding)} {score}", className=" ".join(sides))
    words = f"{t.code('finding', region.finding)} {score}"
    return html.Div(label, className="region", style=_percent(box) | colour, title=words)


def _percent(box: Box) -> dict[str, str]:
    return {
        name: f"{100 * getattr(box, name):.3f}%" for name in ("left", "top", "width", "height")
    }


def _other_images(
    t: Texts,
    exam: Exam,
    images: list[ExamImage],
    sizes: dict[int, tuple[float, float]],
    aspect: dict[str, str],
) -> html.Div:
    pictures = [
        _slot(t, exam, Slot(image.laterality or "?", image.view or "?", image), sizes)
        for image in images
    ]
    return html.Div(
        [html.H2(t("exam.other_images")), html.Div(pictures, className="others", style=aspect)]
    )


def _side(t: Texts, exam: Exam) -> html.Aside:
    parts = [_verdict(t, exam), _score_table(t, exam), _unscorable(t, exam), _facts(t, exam)]
    return html.Aside([part for part in parts if part is not None], className="side")


def _verdict(t: Texts, exam: Exam) -> html.Div:
    if exam.scores is None:
        return html.Div(
            [html.Div(t("exam.no_score"), className="big"), html.P(t(f"exam.{exam.state}"))],
            className="verdict unscored",
        )
    scores = exam.scores
    found = _finding(t, scores["finding"], scores["assessment"])
    breast, view = t.code("breast", scores["driving_breast"]), scores["driving_view"]
    return html.Div(
        [
            html.Div([band_chip(scores["band"], large=True), html.Span(t("exam.band", band=scores["band"]))], className="band-line"),
            html.Div([html.Span(t.number(scores["exam_score"], 2), className="big"), html.Span(t("exam.exam_score"), className="muted")], className="score-line"),
            html.P(f"{found}, {breast}, {view}"),
            html.P(f"{t('exam.calibrated_score')}: {t.percent(scores['calibrated_score'])}", className="muted small"),
        ],
        className="verdict",
    )  # fmt: skip


def _finding(t: Texts, finding: str | None, assessment: str | None) -> str:
    if finding in (None, "no_finding"):
        return t("finding.no_finding")
    words = {"finding": t.code("finding", finding), "assessment": t.code("assessment", assessment)}
    return t("exam.finding_words", **words)


def _score_table(t: Texts, exam: Exam) -> html.Div | None:
    if exam.scores is None:
        return None
    rows = [
        _score_row(t.code("breast", side).capitalize(), exam.scores[f"{name}_breast_score"], t, "", "breast")
        for side, name in (("R", "right"), ("L", "left"))
    ]
    for image in hanging_order(exam.images):
        if image.malignancy_score is not None:
            found = _finding(t, image.finding, image.assessment)
            rows.append(_score_row(image.name or "–", image.malignancy_score, t, found, ""))
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
        html.Span(style={"width": f"{100 * (score or 0):.1f}%"}), className="meter", **{"aria-hidden": "true"}
    )
    cells = [html.Td([html.Span(t.number(score, 2)), meter]), html.Td(found)]
    return html.Tr([html.Th(label, scope="row"), *cells], className=name)


def _unscorable(t: Texts, exam: Exam) -> html.Div | None:
    images = [image for image in hanging_order(exam.images) if image.state == "unscorable"]
    if not images:
        return None
    lines = [
        html.Li([html.Strong(image.name or t("code.unknown")), ": ", t.code("reason", image.reason)])
        for image in images
    ]
    return html.Div([html.H2(t("exam.unscorable_images")), html.Ul(lines)], className="unscorable-images")


def _facts(t: Texts, exam: Exam) -> html.Div:
    place, scores = exam.place or {}, exam.scores or {}
    device = " ".join(part for part in (exam.manufacturer, exam.manufacturer_model_name) if part)
    age, waiting = exam.patient_age_years, place.get("waiting_days")
    facts: list[tuple[str, Any]] = [
        ("exam.date", t.date(exam.exam_date)),
        ("exam.waiting", t("exam.days", days=t.number(waiting)) if waiting is not None else None),
        ("exam.site", exam.site or t("code.unknown")),
        ("exam.age", t("exam.years", age=age) if age is not None else t("code.unknown")),
        ("exam.manufacturer", device or t("code.unknown")),
        ("exam.software", exam.software_versions),
        ("exam.flags", flag_chips(t, place.get("flags") or "")),
        ("exam.model", scores.get("model_version")),
        ("exam.calibration", scores.get("calibration_id")),
    ]
    pairs = [[html.Dt(t(key)), html.Dd(value)] for key, value in facts if value]
    return html.Div([html.H2(t("exam.facts")), html.Dl([part for pair in pairs for part in pair])])


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
