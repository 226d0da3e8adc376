"""Plain rows, by number. Imported by racing processes: nothing heavy here."""

import hashlib
from datetime import UTC, datetime

import polars as pl

from tasks.lake.schemas import IMAGES, OBJECTS
from tasks.preprocess.quality import quality_columns


def object_rows(numbers: range, **changes: object) -> pl.DataFrame:
    """Pending objects with numbered keys."""
    seen_at = datetime(2026, 11, 1, tzinfo=UTC)
    rows = [
        {
            **dict.fromkeys(OBJECTS.schema),
            "object_key": f"unit-1/{number}.dcm",
            "etag": f"{number:032x}",
            "size_bytes": number,
            "last_modified_at": seen_at,
            "state": "pending",
            "first_seen_at": seen_at,
            "changed_at": seen_at,
            **changes,
        }
        for number in numbers
    ]
    return OBJECTS.frame(rows)


def image_rows(numbers: range, pixels: bytes = b"pixels", **changes: object) -> pl.DataFrame:
    """Images with numbered keys and the same pixels."""
    rows = [
        {
            "sop_instance_key": f"{number:032x}",
            "preprocessing_version": "v1",
            "etag": "etag",
            "object_sha256": "digest",
            "exam_key": f"exam-{number // 4}",
            "pixels": pixels,
            "pixels_sha256": hashlib.sha256(pixels).hexdigest(),
            "crop_top_px": 0,
            "crop_left_px": 0,
            "crop_height_px": 10,
            "crop_width_px": 5,
            "is_flipped": False,
            "scale": 0.5,
            "breast_area_fraction": 0.25,
            **quality_columns(None),
            "run_id": "run",
            **changes,
        }
        for number in numbers
    ]
    return IMAGES.frame(rows)
