"""The exam page's viewer: four views as radiologists hang them, regions and heat map above.

It shows the stored network inputs, which are reduced: not for diagnosis.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import html

from reports_app.components import named
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
from reports_app.palette import FINDINGS
from reports_app.texts import Texts

DEFAULT_OPACITY = 50


@dataclass(frozen=True)
class _Wall:
    """What every view of one exam is hung with.

    Args:
        sizes: Width and height of each image as shares of its frame, by `id`.
        unreadable: Keys of images whose stored pixels are damaged.
    """

    t: Texts
    exam_key: str
    sizes: dict[int, tuple[float, float]]
    unreadable: Collection[str | None]


def viewer(t: Texts, exam: Exam, unreadable: Collection[str | None]) -> html.Section:
    """The views in their places, with the switches of regions and heat map.

    Args:
        t: The texts of the reader's language.
        exam: Whose images are hung.
        unreadable: Keys of images whose stored pixels are damaged.
    """
    hanging = hang(exam.images)
    wall = _Wall(t, exam.exam_key, frame_sizes(exam.images), unreadable)
    aspect = {"--frame-aspect": f"{frame_aspect(exam.images):.4f}"}
    pairs = [
        html.Div([_slot(wall, slot) for slot in pair], className="pair")
        for pair in hanging.pairs
    ]
    has_none = not wall.sizes
    note = [t("exam.same_scale"), " ", t("exam.reduced")]
    return html.Section(
        [
            html.Div(_switches(t), className="switches", hidden=has_none),
            html.Div(pairs, className="hanging", style=aspect),
            *_other_images(wall, hanging.others, aspect),
            html.P(note, className="small viewer-note", hidden=has_none),
        ],
        id="viewer",
        className="viewer",
        style={"--heat": 0},
        **named(t("exam.viewer")),
    )


def _switches(t: Texts) -> list[Any]:
    return [
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
            thumbLabel=t("exam.opacity"),
        ),
    ]


def _slot(wall: _Wall, slot: Slot) -> html.Div:
    side = "right" if slot.laterality == "R" else "left"
    score = slot.image.malignancy_score if slot.image else None
    caption: list[Any] = [html.Strong(slot.name)]
    if score is not None:
        caption.append(html.Span(wall.t.number(score, 2)))
    frame = html.Div(_inside(wall, slot), className=f"frame {side} {slot.view.lower()}")
    return html.Div([frame, html.Div(caption, className="view-name")], className=f"slot {side}")


def _inside(wall: _Wall, slot: Slot) -> html.Div | html.P:
    """The picture of a slot, or why there is none."""
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
