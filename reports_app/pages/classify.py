"""The page for files that are handed in: drop them, watch them, see results by category.

The browser sends files and asks how far they are (`classify.js`); results are drawn here.
"""

from collections import Counter
from typing import Any

from dash import dcc, html

from reports_app.classify_files import HEIGHTS_PX, PART_BYTES
from reports_app.classify_report import (
    exam_title,
    image_boxes,
    image_title,
    image_words,
)
from reports_app.components import band_chip, message, named, told
from reports_app.hanging import Box
from reports_app.links import CLASSIFY_PATH, Address
from reports_app.texts import TEXTS, Texts
from tasks.uploads.batch import DONE, Batch, UploadLimits
from tasks.uploads.classification import Classifier
from tasks.uploads.results import CATEGORIES, NOT_SCORED, UploadedExam, UploadedImage
from tasks.uploads.upload_job import FORMATS

_SPOKEN = (
    "sending", "working", "nothing", "too_large", "too_many", "too_much", "refused", "lost",
    "triton_away", "failed",
)  # fmt: skip
"""Sentences that the browser says."""


def content(address: Address, classifier: Classifier | None, owner: str) -> list[Any]:
    """The page: for new files, or with the batch that the query names."""
    t = address.texts
    if classifier is None:
        return [message(t("classify.away"), t("classify.away_text"))]
    wanted = address.first("batch")
    if wanted is None:
        return [_head(t), _drop(address, classifier)]
    batch = classifier.find(owner, wanted)
    if batch is None:
        back = dcc.Link(t("classify.another"), href=_fresh(address), className="button")
        return [message(t("classify.closed_title"), t("classify.closed_text"), back)]
    if batch.state != DONE:
        return [_head(t), _live(address, classifier, batch.batch_id)]
    return [_head(t, *_ways_out(address, batch)), *_results(address, batch)]


def _fresh(address: Address) -> str:
    return address.to(CLASSIFY_PATH).href


def _head(t: Texts, *more: Any) -> html.Div:
    return html.Div([html.H1(t("classify.title")), *more], className="page-head")


def _drop(address: Address, classifier: Classifier) -> html.Div:
    t = address.texts
    size = _size(t, classifier.limits.max_file_bytes)
    return html.Div(
        [
            html.P(t("classify.drop"), className="big"),
            html.Button(t("classify.choose"), id="classify-choose", className="button"),
            _live(address, classifier, ""),
            html.P(t("classify.promise", size=size), className="muted small"),
        ],
        id="classify-drop",
        className="drop",
    )


def _live(address: Address, classifier: Classifier, batch_id: str) -> html.Div:
    """Where the browser says how far a batch is."""
    t = address.texts
    texts = {name: TEXTS[f"classify.{name}"] for name in _SPOKEN}
    words = {
        f"text_{name}": text.es if t.language == "es" else text.en
        for name, text in texts.items()
    }
    return html.Div(
        [
            html.Progress(
                max="1", value="0", hidden=not batch_id, **named(t("classify.title"))
            ),
            html.P(role="status"),
            html.Button(
                t("classify.again"), id="classify-again", className="button", hidden=True
            ),
        ],
        id="classify-live",
        className="live",
        **told(
            batch=batch_id,
            **_limits(t, classifier.limits),
            address=_fresh(address),
            **words,
        ),
    )


def _size(t: Texts, n_bytes: int) -> str:
    """A limit in words: GB, or MB where it is less than one."""
    is_large = n_bytes >= 1 << 30
    unit, of_unit = ("GB", 1 << 30) if is_large else ("MB", 1 << 20)
    return f"{t.number(n_bytes / of_unit)}\N{NO-BREAK SPACE}{unit}"


def _limits(t: Texts, limits: UploadLimits) -> dict[str, str]:
    words = {
        "size": _size(t, limits.max_file_bytes),
        "batch_size": _size(t, limits.max_batch_bytes),
    }
    found = {
        "part_bytes": PART_BYTES,
        "max_bytes": limits.max_file_bytes,
        "max_batch_bytes": limits.max_batch_bytes,
        "max_files": limits.max_files,
    }
    return {**words, **{name: str(limit) for name, limit in found.items()}}


def _ways_out(address: Address, batch: Batch) -> list[Any]:
    """Report, pictures, other files, and the end."""
    t, base = address.texts, f"{CLASSIFY_PATH}/{batch.batch_id}"
    pdf = f"{base}/report.pdf?lang={t.language}"
    return [
        html.Div(
            [
                html.A(t("classify.report"), href=pdf, className="button"),
                _export_form(t, base),
                dcc.Link(t("classify.another"), href=_fresh(address), className="button quiet"),
                html.Button(
                    t("classify.close"),
                    id="classify-close",
                    className="button quiet",
                    **told(batch=batch.batch_id, address=_fresh(address)),
                ),
            ],
            className="steps",
        )
    ]


def _export_form(t: Texts, base: str) -> html.Form:
    heights = [
        (
            name,
            t("classify.height_original") if px is None else t("classify.height_px", height=px),
        )
        for name, px in HEIGHTS_PX.items()
    ]
    return html.Form(
        [
            _choice("format", t("classify.format"), [(name, name.upper()) for name in FORMATS]),
            _choice("height", t("classify.height"), heights),
            html.Button(t("classify.export"), type="submit", className="button"),
        ],
        action=f"{base}/images.zip",
        method="get",
        className="export",
    )


def _choice(name: str, label: str, options: list[tuple[str, str]]) -> html.Select:
    found = [html.Option(words, value=value) for value, words in options]
    return html.Select(found, name=name, className="button", **named(label))


def _results(address: Address, batch: Batch) -> list[Any]:
    t = address.texts
    counts = Counter(exam.category for exam in batch.exams)
    tiles = [
        html.Div(
            [
                html.Div(t(f"category.{category}"), className="tile-label"),
                html.Div(t.number(counts[category]), className="tile-value"),
            ],
            className=f"tile category {category}",
        )
        for category in CATEGORIES
    ]
    sections = [
        _category(
            t, batch, category, [exam for exam in batch.exams if exam.category == category]
        )
        for category in CATEGORIES
        if counts[category]
    ]
    return [
        html.Div(tiles, className="tiles"),
        html.P(t("exam.score_note"), className="muted small"),
        *sections,
    ]


def _category(t: Texts, batch: Batch, category: str, exams: list[UploadedExam]) -> html.Section:
    cards = [_exam_card(t, batch, exam) for exam in exams]
    title = f"{t(f'category.{category}')} · {t('classify.n_exams', n=t.number(len(exams)))}"
    return html.Section(
        [html.H2(title), html.Div(cards, className="results")],
        className=f"category-section {category}",
    )


def _exam_card(t: Texts, batch: Batch, exam: UploadedExam) -> html.Article:
    return html.Article(
        [
            html.Header([html.H3(exam_title(t, exam)), *_exam_score(t, exam)]),
            html.Div(
                [_image_card(t, batch, image) for image in exam.images], className="shots"
            ),
        ],
        className="card result",
    )


def _exam_score(t: Texts, exam: UploadedExam) -> list[Any]:
    if exam.category == NOT_SCORED:
        return []
    score = html.Span(t.number(exam.score, 2), className="big")
    if exam.scores is None:
        return [score, html.Span(t("classify.uncalibrated"), className="muted small")]
    calibrated = t.percent(exam.scores["calibrated_score"])
    words = f"{t('exam.calibrated_score')}: {calibrated}"
    return [score, band_chip(exam.scores["band"]), html.Span(words, className="muted small")]


def _image_card(t: Texts, batch: Batch, image: UploadedImage) -> html.Figure:
    caption = html.Figcaption(
        [
            html.Strong(image_title(t, image)),
            html.Span(image_words(t, image)),
            html.Span(image.name, className="muted file-name"),
        ]
    )
    if image.answer is None:
        return html.Figure([caption])
    source = f"{CLASSIFY_PATH}/{batch.batch_id}/{image.number}.png"
    crop = image.geometry
    shape = f"{crop.crop_width_px} / {crop.crop_height_px}" if crop else "auto"
    picture = html.Img(
        alt=image_words(t, image), style={"aspectRatio": shape}, **told(source=source)
    )  # classify.js fetches it once it comes into sight: there may be a thousand
    boxes = [html.Div(className="box", style=_percent(box)) for box in image_boxes(image)]
    return html.Figure([html.Div([picture, *boxes], className="shot"), caption])


def _percent(box: Box) -> dict[str, str]:
    return {
        name: f"{100 * getattr(box, name):.3f}%" for name in ("left", "top", "width", "height")
    }
