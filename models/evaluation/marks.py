"""Localisation from two tables: the boxes that a system drew, and the lesions.

Boxes of one image share its pixels, whichever these are; ends are exclusive.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from models.evaluation.localisation import Mark, froc, intersection_over_union, is_hit
from models.evaluation.operating import share
from models.geometry import Box

EDGES = ("top", "left", "bottom", "right")
MINIMUM_IOU = 0.1
"""Overlap from which a mark counts as on the lesion: marks of a saliency map are coarse."""

FALSE_MARKS = (0.25, 0.5, 1.0, 2.0)


def measure_localisation(
    marks: pl.DataFrame, lesions: pl.DataFrame, image: str, evaluated: Sequence[str]
) -> dict[str, Any]:
    """Pointing game, overlap and free-response ROC.

    Args:
        marks: `EDGES`, score and the image's column; any number of rows an image.
        lesions: `EDGES` and the image's column.
        image: The column that names the image.
        evaluated: Images without mark and lesion count too: a false mark there is one.

    Returns:
        Shares with their intervals, mean overlap and the curve, as plain values.

    Raises:
        ValueError: If a column is absent, a box is no box, or there is no lesion.
    """
    drawn = _boxes(marks, image, "marks", has_score=True)
    truth = _boxes(lesions, image, "lesions", has_score=False)
    if not truth:
        raise ValueError("the table of lesions is empty: localisation needs some.")
    keys = sorted({*drawn, *truth, *evaluated})
    marked = [drawn.get(key, []) for key in keys]
    boxes = [[mark.box for mark in truth.get(key, [])] for key in keys]
    curve = froc(marked, boxes, MINIMUM_IOU)
    overlaps = [
        max((intersection_over_union(mark.box, lesion) for mark in on_image), default=0.0)
        for on_image, lesions_there in zip(marked, boxes, strict=True)
        for lesion in lesions_there
    ]
    return {
        "n_images": len(keys),
        "n_lesions": len(overlaps),
        "n_marks": sum(map(len, marked)),
        "pointing": vars(_pointing(marked, boxes)),
        "found": vars(share(sum(value >= MINIMUM_IOU for value in overlaps), len(overlaps))),
        "mean_overlap": float(np.mean(overlaps)),
        "half_overlap": vars(share(sum(value >= 0.5 for value in overlaps), len(overlaps))),
        "sensitivity_at": {str(n): curve.sensitivity_at(n) for n in FALSE_MARKS},
        "froc": vars(curve),
    }


def _pointing(marked: Sequence[Sequence[Mark]], boxes: Sequence[Sequence[Box]]) -> Any:
    """Images with lesions whose strongest mark has its middle in one."""
    tried = [(marks, truth) for marks, truth in zip(marked, boxes, strict=True) if truth]
    hits = [
        bool(marks) and is_hit(*_middle(max(marks, key=lambda mark: mark.score).box), truth)
        for marks, truth in tried
    ]
    return share(sum(hits), len(hits))


def _middle(box: Box) -> tuple[float, float]:
    return (box.top + box.bottom) / 2, (box.left + box.right) / 2


def _boxes(
    frame: pl.DataFrame, image: str, name: str, *, has_score: bool
) -> dict[str, list[Mark]]:
    columns = [image, *EDGES, *(["score"] if has_score else [])]
    if absent := [column for column in columns if column not in frame.columns]:
        raise ValueError(f"the {name} lack the column {absent[0]!r}: they need {columns}.")
    numbers = frame.select(
        image, *(pl.col(column).cast(pl.Float64, strict=False) for column in columns[1:])
    )
    found: dict[str, list[Mark]] = {}
    for place, row in enumerate(numbers.iter_rows(named=True), 1):
        if any(row[column] is None for column in columns) or not _is_box(row):
            raise ValueError(
                f"row {place} of the {name} is no box: it needs numbers, top below bottom and "
                "left below right."
            )
        box = Box(*(row[edge] for edge in EDGES))
        found.setdefault(str(row[image]), []).append(Mark(box, row.get("score", 1.0)))
    return found


def _is_box(row: dict[str, Any]) -> bool:
    return row["top"] < row["bottom"] and row["left"] < row["right"]
