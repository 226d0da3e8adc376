"""A batch's results as a PDF: every exam with its images, scores and boxes.

It names files by their number and view alone; nothing is fetched from anywhere.
"""

import json
from pathlib import Path
from typing import Any

import typst

from reports_app.exam import Region
from reports_app.hanging import region_box
from reports_app.texts import NO_VALUE, Texts
from tasks.uploads.batch import Batch
from tasks.uploads.results import NO_FINDING, UploadedExam, UploadedImage

_TEMPLATE = Path(__file__).parent / "templates" / "classification.typ"


def classification_pdf(t: Texts, batch: Batch) -> bytes:
    """The report of a finished batch, A4.

    Args:
        t: The texts of the reader's language.
        batch: Its pictures lie in its folder.
    """
    content = {
        "title": t("classify.report_title"),
        "notice": f"{t('app.notice')} {t('app.research')}",
        "note": t("exam.score_note"),
        "lang": t.language,
        "exams": [_exam(t, batch, exam) for exam in batch.exams],
    }
    folder = batch.folder.resolve()
    document = folder / _TEMPLATE.name  # beside the pictures: it may read nothing above
    document.write_bytes(_TEMPLATE.read_bytes())
    return typst.compile(
        document,
        root=folder,
        sys_inputs={"report": json.dumps(content)},
        format="pdf",
    )


def _exam(t: Texts, batch: Batch, exam: UploadedExam) -> dict[str, Any]:
    return {
        "category": t(f"category.{exam.category}"),
        "title": exam_title(t, exam),
        "score": t.number(exam.score, 2),
        "images": [_image(t, batch, image) for image in exam.images],
    }


def _image(t: Texts, batch: Batch, image: UploadedImage) -> dict[str, Any]:
    picture = batch.print_picture(image.number)
    return {
        "name": image_title(t, image),
        "words": image_words(t, image),
        "picture": f"/{picture.name}" if picture.exists() else None,
        "boxes": [vars(box) for box in image_boxes(image)],
    }


def exam_title(t: Texts, exam: UploadedExam) -> str:
    """The exam's pseudonym, or that a picture's exam is unknown."""
    if exam.exam_key is None:
        return t("classify.no_exam")
    return t("exam.title", key=exam.exam_key[:8])


def image_title(t: Texts, image: UploadedImage) -> str:
    """The file's number with its view."""
    return t("classify.image", number=image.number + 1, view=image.view or NO_VALUE)


def image_words(t: Texts, image: UploadedImage) -> str:
    """What was found in an image and its score, or why there is none."""
    if image.answer is None:
        return t.code("reason", image.reason.value if image.reason else None)
    words = [t(f"category.{image.category}")]
    if image.answer["finding"] != NO_FINDING:
        words.append(t.code("finding", image.answer["finding"]))
    return t("classify.found", found=" · ".join(words), score=t.number(image.score, 2))


def image_boxes(image: UploadedImage) -> list[Any]:
    """Regions as shares of the shown picture."""
    if image.answer is None or image.geometry is None:
        return []
    regions = [Region(**region) for region in image.answer["regions"]]
    return [region_box(region, image.geometry, mirrored=False) for region in regions]
