"""The exam page's walls: four views as radiologists hang them, regions and heat map above.

What the browser does with them, grey levels above all, is the assets' work (`viewer*.js`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from dash import html

from reports_app.components import HIDDEN, named
from reports_app.exam import Exam, ExamImage
from reports_app.hanging import (
    Box,
    Slot,
    frame_aspect,
    frame_sizes,
    hang,
    is_mirrored,
    region_box,
)
from reports_app.links import EXAM_PATH
from reports_app.pages.exam_tools import help_panel, switches, toolbar
from reports_app.palette import FINDINGS
from reports_app.texts import TEXTS, Texts


@dataclass(frozen=True)
class Hung:
    """An exam to hang.

    Args:
        exam: Whose images.
        unreadable: Keys of images whose stored pixels are damaged.
    """

    exam: Exam
    unreadable: Collection[str | None]


@dataclass(frozen=True)
class _Wall:
    """What every view of one exam is hung with.

    Args:
        sizes: Width and height of each image as shares of its frame, by `id`.
        unreadable: Keys of images whose stored pixels are damaged.
        has_originals: Whether the bucket can be asked for originals.
    """

    t: Texts
    exam_key: str
    sizes: dict[int, tuple[float, float]]
    unreadable: Collection[str | None]
    has_originals: bool


def viewer(t: Texts, hung: Sequence[Hung], *, has_originals: bool) -> html.Section:
    """The walls of an exam, and of a prior one beside it, with all tools.

    Args:
        t: The texts of the reader's language.
        hung: The exam, and the prior one where the reader compares.
        has_originals: Whether the bucket can be asked for originals.
    """
    has_images = any(image.geometry for one in hung for image in one.exam.images)
    walls = [_exam_wall(t, one, has_originals, is_named=len(hung) > 1) for one in hung]
    note = [t("exam.same_scale"), " ", t("exam.not_diagnostic")]
    kind = "walls" if len(hung) == 1 else "walls compared"
    return html.Section(
        [
            html.Div(switches(t), className="switches", hidden=not has_images),
            html.Div(toolbar(t), className="toolbar", hidden=not has_images),
            help_panel(t),
            html.Div(walls, className=kind),
            html.Canvas(className="lens", hidden=True),
            html.P(note, className="small viewer-note", hidden=not has_images),
        ],
        id="viewer",
        className="viewer",
        style={"--heat": 0},
        tabIndex="0",
        **named(t("exam.viewer")),
        **_browser_texts(t, hung),
    )


def _browser_texts(t: Texts, hung: Sequence[Hung]) -> dict[str, Any]:
    """What the browser needs to say, and which exams hang."""
    names = ("readout", "original", "reduced", "trouble")
    texts = {f"data-{name}": TEXTS[f"viewer.{name}"] for name in names}
    words = {name: text.es if t.language == "es" else text.en for name, text in texts.items()}
    return {**words, "data-hung": " ".join(one.exam.exam_key for one in hung)}


def _exam_wall(t: Texts, one: Hung, has_originals: bool, *, is_named: bool) -> html.Div:
    images = one.exam.images
    hanging = hang(images)
    wall = _Wall(t, one.exam.exam_key, frame_sizes(images), one.unreadable, has_originals)
    aspect = {"--frame-aspect": f"{frame_aspect(images):.4f}"}
    pairs = [
        html.Div([_slot(wall, slot) for slot in pair], className="pair")
        for pair in hanging.pairs
    ]
    title = [html.H2(t.date(one.exam.exam_date))] if is_named else []
    parts = [
        *title,
        html.Div(pairs, className="hanging", style=aspect),
        *_other_images(wall, hanging.others, aspect),
    ]
    return html.Div(parts, className="wall")


def _slot(wall: _Wall, slot: Slot) -> html.Div:
    side = "right" if slot.laterality == "R" else "left"
    score = slot.image.malignancy_score if slot.image else None
    caption: list[Any] = [html.Strong(slot.name)]
    if score is not None:
        caption.append(html.Span(wall.t.number(score, 2)))
    frame = html.Div(
        _inside(wall, slot),
        className=f"frame {side} {slot.view.lower()}",
        **_frame_data(wall, slot),
    )
    return html.Div(
        [
            frame,
            html.Div(caption, className="view-name"),
            html.Div(className="readout", **HIDDEN),
        ],
        className=f"slot {side}",
    )


def _frame_data(wall: _Wall, slot: Slot) -> dict[str, Any]:
    """Where the browser finds the grey levels of a view."""
    if slot.image is None or slot.image.geometry is None:
        return {}
    path = picture_path(wall.exam_key, slot.image, "").removesuffix(".png")
    return {
        "data-side": slot.laterality,
        "data-pixels": path,
        "data-original": "yes" if wall.has_originals else "no",
    }


def _inside(wall: _Wall, slot: Slot) -> list[Any]:
    """The picture of a slot below its canvas, or why there is none."""
    found = _picture_or_reason(wall, slot)
    return [found, html.Canvas(**HIDDEN)] if isinstance(found, html.Div) else [found]


def _picture_or_reason(wall: _Wall, slot: Slot) -> html.Div | html.P:
    t, image = wall.t, slot.image
    if image is None:
        return _empty(t("exam.no_view", view=slot.name))
    if image.sop_instance_key in wall.unreadable:
        return _empty(t("exam.pixels_damaged"))
    if image.geometry is not None:
        return _picture(wall, image)
    if image.state == "scored":
        return _empty(t("exam.pixels_missing"))
    why = html.Strong(t(f"exam.view_{image.state}", view=slot.name))
    return _empty(why, *([html.Br(), t.code("reason", image.reason)] if image.reason else []))


def _empty(*words: Any) -> html.P:
    return html.P(list(words), className="no-image")


def _picture(wall: _Wall, image: ExamImage) -> html.Div:
    """A view in its place: picture, heat map above it, regions on top."""
    t, (width, height) = wall.t, wall.sizes[id(image)]
    alt = t(
        "exam.image_alt",
        view=image.view,
        breast=t.code("breast", image.laterality),
        score=t.number(image.malignancy_score, 2),
        n_regions=len(image.regions),
    )
    layers: list[Any] = [html.Img(src=picture_path(wall.exam_key, image, "image"), alt=alt)]
    if image.malignancy_score is not None:
        heat = picture_path(wall.exam_key, image, "saliency")
        layers.append(html.Img(src=heat, alt="", className="heat"))
    regions = [_region(t, image, number) for number in range(len(image.regions))]
    size = {"width": f"{100 * width:.2f}%", "height": f"{100 * height:.2f}%"}
    return html.Div([*layers, *regions], className="picture", style=size)


def picture_path(exam_key: str, image: ExamImage, layer: str) -> str:
    """Where the PNG of an image's layer is served."""
    keys = (quote(key, safe="") for key in (exam_key, image.sop_instance_key or ""))
    return f"{EXAM_PATH}{'/'.join(keys)}/{layer}.png"


def _region(t: Texts, image: ExamImage, number: int) -> html.Div:
    if image.geometry is None:
        raise ValueError("A region needs the geometry of its image.")
    region = image.regions[number]
    box = region_box(region, image.geometry, mirrored=is_mirrored(image))
    score = t.number(region.score, 2)
    colour = {"borderColor": FINDINGS.get(region.finding, FINDINGS["no_finding"])}
    sides = ["low" if box.top < 0.06 else "high", "to-right" if box.left < 0.5 else "to-left"]
    label = html.Span(
        f"{t.code('finding_short', region.finding)} {score}", className=" ".join(sides)
    )
    words = f"{t.code('finding', region.finding)} {score}"
    return html.Div(label, className="region", style=_percent(box) | colour, title=words)


def _percent(box: Box) -> dict[str, str]:
    return {
        name: f"{100 * getattr(box, name):.3f}%" for name in ("left", "top", "width", "height")
    }


def _other_images(
    wall: _Wall, others: Sequence[ExamImage], aspect: dict[str, str]
) -> list[html.Div]:
    pictures = [
        _slot(wall, Slot(image.laterality or "?", image.view or "?", image))
        for image in others
        if image.geometry is not None
    ]
    if not pictures:
        return []
    strip = html.Div(pictures, className="others", style=aspect)
    return [html.Div([html.H2(wall.t("exam.other_images")), strip])]
