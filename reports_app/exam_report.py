"""One exam's result as a PDF, or as pictures of its pages: what was scored, and why so.

It is written from `tasks.publish.result` alone, holds pseudonyms only and fetches nothing.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import typst
from numpy.typing import NDArray

from reports_app.hanging import hang, is_mirrored, region_box, shown_size_px
from reports_app.rendering import mammogram_png
from reports_app.texts import NO_VALUE, Texts
from tasks.publish.exam_image import ExamImage
from tasks.publish.result import DISCLAIMER, ExamResult, ImageResult

_TEMPLATE = Path(__file__).parent / "templates" / "exam_report.typ"
PAGE_PPI = 110
"""Of the pages as pictures: 910 by 1 287 pixels."""

Pixels = Mapping[str, NDArray[np.uint8]]
"""Network inputs by sop_instance_key."""


def exam_pdf(t: Texts, result: ExamResult, pixels: Pixels) -> bytes:
    """The report as a document, A4."""
    return _compile(t, result, pixels, "pdf")[0]


def exam_pages(t: Texts, result: ExamResult, pixels: Pixels) -> list[bytes]:
    """The report's pages as PNG."""
    return _compile(t, result, pixels, "png")


def exam_title(t: Texts, result: ExamResult) -> str:
    """Of the document; the pseudonym's first digits, as pages show them."""
    return t("report.exam_title", key=result.exam_key[:8])


def _compile(
    t: Texts, result: ExamResult, pixels: Pixels, kind: Literal["pdf", "png"]
) -> list[bytes]:
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        document = folder / _TEMPLATE.name  # beside the pictures: it may read nothing above
        document.write_bytes(_TEMPLATE.read_bytes())
        content = json.dumps(_content(t, result, pixels, folder))
        made = typst.compile(
            document,
            root=folder,
            sys_inputs={"report": content},
            format=kind,
            ppi=PAGE_PPI,
        )
    return made if isinstance(made, list) else [made]


def _content(t: Texts, result: ExamResult, pixels: Pixels, folder: Path) -> dict[str, Any]:
    images = [item.image for item in result.images]
    hanging = hang(images)
    pairs = [[_picture(t, slot.image, slot.name, pixels, folder) for slot in pair]
             for pair in hanging.pairs]  # fmt: skip
    others = [
        _picture(t, image, image.name or NO_VALUE, pixels, folder) for image in hanging.others
    ]
    return {
        "lang": t.language,
        "title": exam_title(t, result),
        "notice": DISCLAIMER[t.language],
        "pseudonym": t("report.pseudonym"),
        "note": t("exam.score_note"),
        "facts": _facts(t, result),
        "pairs": pairs,
        "others": others,
        "header": [t(f"report.{name}") for name in _COLUMNS],
        "rows": [_row(t, item) for item in result.images],
    }


_COLUMNS = ("image", "score", "finding", "regions", "quality")


def _facts(t: Texts, result: ExamResult) -> list[tuple[str, str]]:
    device = " ".join((result.manufacturer, result.manufacturer_model_name))
    age = result.patient_age_years
    return [
        *_score_facts(t, result),
        (t("exam.date"), t.date(result.exam_date)),
        (t("exam.age"), NO_VALUE if age is None else t("exam.years", age=age)),
        (t("exam.site"), result.site),
        (t("exam.manufacturer"), device),
        (t("exam.software"), result.software_versions),
        (t("exam.model"), result.model_version),
        (t("exam.calibration"), _calibration(t, result)),
        (t("exam.flags"), _flags(t, result.flags)),
    ]


def _score_facts(t: Texts, result: ExamResult) -> list[tuple[str, str]]:
    if result.scores is None:
        return [(t("exam.exam_score"), t("exam.no_score"))]
    breasts = ", ".join(
        f"{t.code('breast', breast.laterality)} {t.number(breast.score, 2)}"
        for breast in result.breasts
    )
    probability = t.percent(result.scores["calibrated_score"])
    band = t("exam.band", band=result.scores["band"])
    return [
        (t("exam.exam_score"), f"{t.number(result.scores['exam_score'], 2)} ({breasts})"),
        (t("exam.calibrated_score"), f"{probability}; {band}"),
    ]


def _calibration(t: Texts, result: ExamResult) -> str:
    fitted = result.calibration
    if fitted is None:
        return NO_VALUE
    return t(
        "report.calibration_words",
        name=fitted.calibration_id,
        n=t.number(fitted.n_exams),
        n_cancers=t.number(fitted.n_cancers),
        data=fitted.data,
    )


def _flags(t: Texts, flags: tuple[str, ...]) -> str:
    return ", ".join(t.code("flag", flag) for flag in flags) or NO_VALUE


def _row(t: Texts, item: ImageResult) -> list[str]:
    image = item.image
    return [
        image.name or NO_VALUE,
        t.number(image.malignancy_score, 2),
        _found(t, image),
        t.number(len(image.regions)),
        _flags(t, item.quality_flags),
    ]


def _found(t: Texts, image: ExamImage) -> str:
    if image.malignancy_score is None:
        return t.code("reason", image.reason or image.state)
    return t(
        "exam.finding_words",
        finding=t.code("finding", image.finding),
        assessment=t.code("assessment", image.assessment),
    )


def _picture(
    t: Texts, image: ExamImage | None, name: str, pixels: Pixels, folder: Path
) -> dict[str, Any]:
    """A view as the template shows it: its file beside the template, and its boxes."""
    stored = pixels.get(image.sop_instance_key or "") if image else None
    shown: dict[str, Any] = {"name": name, "is_right": name.startswith("R")}
    if image is None or stored is None or image.geometry is None:
        return shown | {
            "picture": None,
            "empty": t("report.no_picture"),
            "words": "",
            "boxes": [],
        }
    mirrored = is_mirrored(image)
    path = folder / f"{image.sop_instance_key}.png"
    path.write_bytes(mammogram_png(stored, shown_size_px(image.geometry), mirrored=mirrored))
    boxes = [
        vars(region_box(region, image.geometry, mirrored=mirrored))
        | {"words": t.number(region.score, 2)}
        for region in image.regions
    ]
    words = t.number(image.malignancy_score, 2)
    return shown | {"picture": f"/{path.name}", "words": words, "boxes": boxes}
