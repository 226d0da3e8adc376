"""Generates the images of one exam, without trouble: woman, breasts, lesions, four views.

A pure function of plan and index; `tasks.synthetic.trouble` adds damage and foreign objects.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import UID

from models.contract import LATERALITIES, VIEWS
from tasks.synthetic.acquisition import Acquisition, acquire
from tasks.synthetic.anatomy import Breast, draw_breasts
from tasks.synthetic.dicom import build_mammogram_bytes, make_uid
from tasks.synthetic.equipment import Unit
from tasks.synthetic.header import (
    exam_attributes,
    person_attributes,
    pixel_attributes,
    view_attributes,
)
from tasks.synthetic.lesions import Lesion, draw_lesion
from tasks.synthetic.mammogram import View, VisibleLesion, render_view
from tasks.synthetic.people import draw_woman
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.truth import ImageTruth, LesionTruth


@dataclass(frozen=True)
class Exam:
    """What all images of an exam share.

    Args:
        index: In the plan.
        unit: Where it was taken.
        folder: Beginning of its object keys; says nothing of the woman.
        transfer_syntax_uid: That its images were sent in.
        breasts: By laterality.
        lesions: By laterality.
        attributes: Of every header.
    """

    index: int
    unit: Unit
    folder: str
    transfer_syntax_uid: UID
    breasts: Mapping[str, Breast]
    lesions: Mapping[str, tuple[Lesion, ...]]
    attributes: Mapping[str, Any]

    @property
    def study_instance_uid(self) -> str:
        """(0020,000D)."""
        return self.attributes["StudyInstanceUID"]


@dataclass(frozen=True)
class GeneratedImage:
    """One image before it is written.

    Args:
        stored_values: [rows, columns].
        options: For the builder: attributes and transfer syntax.
        truth: Of the image.
    """

    stored_values: NDArray[np.uint16]
    options: Mapping[str, Any]
    truth: ImageTruth

    def encode(self, **overrides: Any) -> bytes:
        """Write the DICOM file, with attributes changed or (None) left out."""
        return build_mammogram_bytes(self.stored_values, **{**self.options, **overrides})


def plan_exam(plan: CampaignPlan, index: int) -> Exam:
    """Draw everything of an exam but its pixels."""
    rng = plan.stream(index, "exam")
    exam_date = plan.exam_date(index)
    unit = plan.fleet[int(rng.integers(len(plan.fleet)))]
    study_uid = make_uid(plan.seed, index, "study")
    syntaxes, shares = zip(*unit.equipment.transfer_syntaxes, strict=True)
    opaque = make_uid(plan.seed, index, "folder")[-12:]
    return Exam(
        index,
        unit,
        f"unit-{unit.number}/{exam_date:%Y-%m-%d}/{opaque}",
        syntaxes[int(rng.choice(len(syntaxes), p=shares))],
        draw_breasts(plan.stream(index, "breasts")),
        _draw_lesions(plan.stream(index, "lesions"), plan),
        {
            **exam_attributes(rng, unit, exam_date, study_uid),
            **person_attributes(draw_woman(plan.stream(index, "woman"), exam_date)),
        },
    )


def _draw_lesions(
    rng: np.random.Generator, plan: CampaignPlan
) -> dict[str, tuple[Lesion, ...]]:
    """A cancer in one breast or none; benign lesions in some of the others."""
    sick = str(rng.choice(LATERALITIES)) if rng.random() < plan.cancer_fraction else None
    return {
        laterality: (draw_lesion(rng, is_malignant=True),)
        if laterality == sick
        else (draw_lesion(rng, is_malignant=False),)
        if rng.random() < plan.benign_fraction
        else ()
        for laterality in LATERALITIES
    }


def generate_image(
    plan: CampaignPlan, exam: Exam, laterality: str, view: str
) -> GeneratedImage:
    """Render, acquire and describe one view."""
    rng = plan.stream(exam.index, laterality, view)
    equipment, breast = exam.unit.equipment, exam.breasts[laterality]
    spacing_mm = equipment.imager_pixel_spacing_mm / plan.size_scale
    rows, columns = _field(breast, equipment.sizes)
    shape = (round(rows * plan.size_scale), round(columns * plan.size_scale))
    rendered = render_view(rng, breast, view, exam.lesions[laterality], shape, spacing_mm)
    number = LATERALITIES.index(laterality) * len(VIEWS) + VIEWS.index(view) + 1
    acquisition = Acquisition(equipment, spacing_mm, laterality, f"{laterality} {view}")
    return GeneratedImage(
        acquire(rng, rendered.display_values, acquisition),
        {
            **exam.attributes,
            **view_attributes(rng, equipment, laterality, view, number),
            **pixel_attributes(equipment, spacing_mm),
            "SOPInstanceUID": make_uid(exam.study_instance_uid, laterality, view),
            "SeriesInstanceUID": make_uid(exam.study_instance_uid, "series"),
            "transfer_syntax_uid": exam.transfer_syntax_uid,
            "image_laterality": laterality,
            "view_position": view,
        },
        _truth(exam, laterality, view, f"{exam.folder}/{number}.dcm", rendered),
    )


def _field(breast: Breast, sizes: tuple[tuple[int, int], tuple[int, int]]) -> tuple[int, int]:
    """The small field for a small breast, else the large one."""
    return sizes[int(breast.depth_mm > 80 or breast.half_height_mm > 82)]


def _truth(
    exam: Exam, laterality: str, view: str, object_key: str, rendered: View
) -> ImageTruth:
    columns = rendered.display_values.shape[1]
    return ImageTruth(
        object_key,
        exam.attributes["PatientID"],
        exam.study_instance_uid,
        make_uid(exam.study_instance_uid, laterality, view),
        laterality,
        view,
        any(lesion.is_malignant for lesion in exam.lesions[laterality]),
        exam.breasts[laterality].density,
        tuple(_lesion_truth(seen, laterality, columns) for seen in rendered.lesions),
    )


def _lesion_truth(seen: VisibleLesion, laterality: str, columns: int) -> LesionTruth:
    """The box in the image as stored: a right breast is mirrored."""
    left = seen.left_px if laterality == "L" else columns - seen.left_px - seen.width_px
    lesion = seen.lesion
    return LesionTruth(
        lesion.finding,
        lesion.assessment,
        lesion.is_malignant,
        seen.top_px,
        left,
        seen.height_px,
        seen.width_px,
    )
