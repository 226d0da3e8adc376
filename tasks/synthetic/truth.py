"""What is true of generated images, and its file beside the campaign, outside the bucket.

It carries the plain identifiers of invented women: evaluation turns them into pseudonyms.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class LesionTruth:
    """A lesion's class and its box in pixels of the image as stored."""

    finding: str
    assessment: str
    is_malignant: bool
    top_px: int
    left_px: int
    height_px: int
    width_px: int


@dataclass(frozen=True)
class ImageTruth:
    """What is true of one image.

    Args:
        object_key: The object that holds it.
        patient_id: (0010,0020).
        study_instance_uid: (0020,000D), the exam.
        sop_instance_uid: (0008,0018).
        image_laterality: R or L.
        view_position: CC or MLO.
        is_malignant: Whether this breast holds a cancer, seen in this view or not.
        breast_density: A to D.
        lesions: Those that this view shows.
    """

    object_key: str
    patient_id: str
    study_instance_uid: str
    sop_instance_uid: str
    image_laterality: str
    view_position: str
    is_malignant: bool
    breast_density: str
    lesions: tuple[LesionTruth, ...]

    @property
    def worst_lesion(self) -> LesionTruth | None:
        """The lesion that names the image's finding and assessment."""
        order = ("benign", "suspicious", "malignant")
        return max(
            self.lesions, key=lambda lesion: order.index(lesion.assessment), default=None
        )


def write_truth(path: Path, truths: Iterable[ImageTruth]) -> int:
    """Write one JSON line an image; return how many."""
    lines = [json.dumps(asdict(truth), ensure_ascii=False) for truth in truths]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return len(lines)


def read_truth(path: Path) -> list[ImageTruth]:
    """Read what `write_truth` wrote."""
    with path.open(encoding="utf-8") as lines:
        return [_image_truth(json.loads(line)) for line in lines]


def _image_truth(row: dict[str, Any]) -> ImageTruth:
    lesions = tuple(LesionTruth(**lesion) for lesion in row.pop("lesions"))
    return ImageTruth(**row, lesions=lesions)
