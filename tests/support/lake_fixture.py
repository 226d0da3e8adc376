"""A small campaign as a night would have left it in the lake: every table that the pages read.

Deterministic. The scores, bands and lists come from the night's own functions; the pixels are
drawn by formula, in the contract's shape.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import cv2
import numpy as np
import polars as pl

from models.contract import DENSITIES, FINDING_CLASSES, IMAGE, SALIENCY
from tasks.lake.columns import Table
from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    PRIORITY_LISTS,
    RUNS,
)
from tasks.publish.accounting import STATES, count_objects
from tasks.publish.drift import with_ordering
from tasks.publish.priority_list import order_exams
from tasks.score.aggregate import score_exams

LIST_DATES = (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24))
RUN_AT = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
MODEL_VERSION = "1"
PREPROCESSING_VERSION = "fixture"

SITES = tuple(f"Móvil {number}" for number in range(1, 7))
DEVICES = (
    ("HOLOGIC, Inc.", "Selenia Dimensions", "1.10.0"),
    ("GE HEALTHCARE", "Senographe Pristina", "ADS_56.21.3"),
    ("FUJIFILM Corporation", "AMULET Innovality", "V9.1"),
    ("IMS GIOTTO", "GIOTTO CLASS", "3.2"),
)
VIEWS = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))

UNSCORABLE_IMAGE, UNSCORABLE_EXAM, THREE_VIEWS, REPEATED_VIEW = 0, 1, 2, 3
NO_AGE, NO_LATERALITY, PENDING, IMPLANT, ONE_BREAST, NO_DATE = 4, 5, 6, 7, 8, 9
FOR_PROCESSING_EXAM, BLURRED, CUT_OFF = 10, 11, 12

REJECTED = (
    ("not_dicom", 3),
    ("empty_object", 1),
    ("wrong_modality", 2),
    ("damaged_header", 1),
)

ROWS, COLUMNS, SPACING_MM = 3328, 2560, 0.07


class MemoryLake:
    """The lake's port over frames in memory, for tests that need no files."""

    def __init__(self) -> None:
        self._frames: dict[str, pl.DataFrame] = {}
        self._versions: dict[str, int] = {}
        self._past: dict[tuple[str, int], pl.DataFrame] = {}
        self.n_reads = 0

    def version(self, table: Table) -> int | None:
        return self._versions.get(table.name)

    def scan(self, table: Table, version: int | None = None) -> pl.LazyFrame:
        now = self._frames.get(table.name, table.schema.to_frame())
        return (now if version is None else self._past[table.name, version]).lazy()

    def count(self, table: Table) -> int:
        return self._frames.get(table.name, table.schema.to_frame()).height

    def history(self, table: Table) -> pl.DataFrame:
        versions = [version for name, version in self._past if name == table.name]
        return pl.DataFrame({"version": sorted(versions, reverse=True)})

    def read(
        self,
        table: Table,
        *,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.DataFrame:
        self.n_reads += 1
        frame = self._frames.get(table.name, table.schema.to_frame())
        frame = frame if where is None else frame.filter(where)
        return frame if columns is None else frame.select(columns)

    def insert_new(self, table: Table, frame: pl.DataFrame) -> int:
        known = self._frames.get(table.name, table.schema.to_frame())
        added = frame.join(known, on=list(table.key), how="anti")
        self._frames[table.name] = pl.concat([known, added.select(known.columns)])
        self._commit(table, self._frames[table.name])
        return added.height

    def insert_from(self, table: Table, source: Table) -> None:
        self.insert_new(table, self.read(source, columns=table.schema.names()))

    def _commit(self, table: Table, frame: pl.DataFrame) -> None:
        version = self._versions.get(table.name, -1) + 1
        self._frames[table.name] = self._past[table.name, version] = frame
        self._versions[table.name] = version

    def replace(self, table: Table, frame: pl.DataFrame) -> None:
        """Put other rows in the place of all that there are."""
        self._commit(table, frame)


@dataclass
class _Rows:
    """The rows of the tables as they grow, and the pixels still to be drawn."""

    objects: list[dict[str, object]] = field(default_factory=list)
    instances: list[dict[str, object]] = field(default_factory=list)
    images: list[dict[str, object]] = field(default_factory=list)
    scores: list[dict[str, object]] = field(default_factory=list)


def key(kind: str, *parts: object) -> str:
    """A pseudonym as the pipeline's look: 32 hexadecimal digits."""
    return hashlib.sha256(f"{kind} {parts}".encode()).hexdigest()[:32]


def exam_key(index: int) -> str:
    return key("exam", index)


def fill_lake(lake, n_exams: int = 40) -> None:
    """Write a campaign of `n_exams` exams and three published lists into an empty lake."""
    rows = _Rows()
    for index in range(n_exams):
        _add_exam(rows, index)
    _add_rejected(rows)
    instances, scores = INSTANCES.frame(rows.instances), IMAGE_SCORES.frame(rows.scores)
    exam_scores = _exam_scores(instances, scores)
    lake.insert_new(OBJECTS, OBJECTS.frame(rows.objects))
    lake.insert_new(INSTANCES, instances)
    lake.insert_new(IMAGES, IMAGES.frame(rows.images))
    lake.insert_new(IMAGE_SCORES, scores)
    lake.insert_new(CALIBRATIONS, _calibrations())
    lake.insert_new(EXAM_SCORES, exam_scores)
    lists = [_priority_list(rows, instances, exam_scores, day) for day in LIST_DATES]
    lake.insert_new(PRIORITY_LISTS, pl.concat(lists))
    lake.insert_new(RUNS, _runs(OBJECTS.frame(rows.objects), lists))


def exam_day(index: int) -> date | None:
    """The day of an exam: each of 20 days, weekends included, some waiting long."""
    return None if index == NO_DATE else date(2026, 11, 3) + timedelta(days=index * 7 % 20)


def _facts(index: int) -> dict[str, object]:
    manufacturer, model, software = DEVICES[index * 5 % 7 % len(DEVICES)]
    day = exam_day(index)
    acquired = (
        datetime(day.year, day.month, day.day, 12 + index % 8, 15, tzinfo=UTC) if day else None
    )
    return {
        "exam_key": exam_key(index),
        "patient_key": key("patient", index),
        "series_key": key("series", index),
        "manufacturer": manufacturer,
        "manufacturer_model_name": model,
        "software_versions": software,
        "site": SITES[index % len(SITES)],
        "exam_date": day,
        "acquired_at": acquired,
        "patient_age_years": None if index == NO_AGE else 41 + index * 11 % 34,
        "has_implant": index == IMPLANT,
    }


def _views(index: int) -> list[tuple[str | None, str | None]]:
    views: list[tuple[str | None, str | None]] = list(VIEWS)
    if index == THREE_VIEWS:
        return views[:3]
    if index == ONE_BREAST:
        return [view for view in views if view[0] == "L"]
    if index == REPEATED_VIEW:
        return [*views, ("L", "CC")]
    if index == NO_LATERALITY:
        return [*views[:3], (None, "MLO")]
    return views


def _reason(index: int, number: int) -> str | None:
    if index == FOR_PROCESSING_EXAM:
        return "for_processing"
    if index == UNSCORABLE_EXAM:
        return "decoder_crashed" if number == 0 else "truncated"
    if index == UNSCORABLE_IMAGE and number == 2:
        return "damaged_pixels"
    return "laterality_missing" if index == NO_LATERALITY and number == 3 else None


def _add_exam(rows: _Rows, index: int) -> None:
    for number, (laterality, view) in enumerate(_views(index)):
        reason = _reason(index, number)
        state = "pending" if index == PENDING else "unscorable" if reason else "scored"
        instance = _instance(index, number, laterality, view)
        rows.instances.append(instance)
        rows.objects.append(_object(f"{index:03}/{number}.dcm", state, reason, instance))
        if state == "scored":
            image, score = _answer(index, number, instance)
            rows.images.append(image)
            rows.scores.append(score)


def _instance(
    index: int, number: int, laterality: str | None, view: str | None
) -> dict[str, object]:
    intent = "FOR PROCESSING" if index == FOR_PROCESSING_EXAM else "FOR PRESENTATION"
    return _facts(index) | {
        "sop_instance_key": key("instance", index, number),
        "object_key": f"{index:03}/{number}.dcm",
        "etag": key("etag", index, number),
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.1.2",
        "transfer_syntax_uid": "1.2.840.10008.1.2.4.70",
        "presentation_intent_type": intent,
        "image_laterality": laterality,
        "image_laterality_source": "image_laterality" if laterality else "none",
        "view_position": view,
        "view_position_source": "view_code_sequence",
        "view_modifiers": "",
        "chest_wall_side": {"L": "left", "R": "right"}.get(str(laterality)),
        "chest_wall_side_source": "patient_orientation" if laterality else "none",
        "is_synthetic_2d": False,
        "is_partial_view": False,
        "rows": ROWS,
        "columns": COLUMNS,
        "bits_stored": 12,
        "photometric_interpretation": "MONOCHROME2",
        "imager_pixel_spacing_mm": SPACING_MM,
    }


def _object(
    object_key: str, state: str, reason: str | None, instance: dict[str, object]
) -> dict[str, object]:
    return {
        "object_key": object_key,
        "etag": instance.get("etag", key("etag", object_key)),
        "size_bytes": 6_000_000,
        "last_modified_at": RUN_AT - timedelta(days=1),
        "sha256": None,
        "state": state,
        "reason": reason,
        "detail": None if reason is None else f"Set aside: {reason}.",
        "sop_instance_key": instance.get("sop_instance_key"),
        "exam_key": instance.get("exam_key"),
        "first_seen_at": RUN_AT,
        "changed_at": RUN_AT,
        "gone_at": None,
    }


def _add_rejected(rows: _Rows) -> None:
    for reason, n in REJECTED:
        rows.objects.extend(
            _object(f"other/{reason}{number}", "rejected", reason, {}) for number in range(n)
        )
    copy_of = rows.instances[-1]
    copy = _object("other/copy.dcm", "rejected", "duplicate_instance", copy_of)
    gone = _object("other/gone.dcm", "rejected", "not_dicom", {})
    rows.objects += [copy, gone | {"gone_at": RUN_AT}]


def _answer(
    index: int, number: int, instance: dict[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """An image's network input and the model's answer: a score from a skewed distribution."""
    random = np.random.default_rng([index, number])
    suspicion = float(np.random.default_rng(index).beta(1.1, 4.0))
    score = float(np.clip(suspicion + random.normal(0, 0.06), 0.004, 0.985))
    is_flipped = instance["image_laterality"] == "R"
    width_px, height_px = (
        int(1180 + random.integers(0, 220)),
        int(2700 + random.integers(0, 500)),
    )
    scale = min(IMAGE.shape[1] / height_px, IMAGE.shape[2] / width_px)
    size_px = round(height_px * scale), round(width_px * scale)
    lesion = (
        (0.3 + 0.4 * random.random(), 0.25 + 0.4 * random.random()) if score > 0.3 else None
    )
    pixels = _pixels(random, size_px, str(instance["view_position"]), lesion)
    crop = {
        "crop_top_px": (ROWS - height_px) // 2,
        "crop_left_px": COLUMNS - width_px if is_flipped else 0,
        "crop_height_px": height_px,
        "crop_width_px": width_px,
        "is_flipped": is_flipped,
        "scale": scale,
    }
    common = {
        "sop_instance_key": instance["sop_instance_key"],
        "preprocessing_version": PREPROCESSING_VERSION,
        "etag": instance["etag"],
        "exam_key": instance["exam_key"],
        "run_id": "run-24",
    }
    image = (
        common
        | crop
        | {
            "pixels": pixels.tobytes(),
            "pixels_sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
            "object_sha256": key("object", index, number),
            "breast_area_fraction": 0.3,
            **_quality(index, number),
        }
    )
    return image, common | _model_answer(index, score, crop, lesion)


def _quality(index: int, number: int) -> dict[str, object]:
    """Mostly sharp and whole; one image is blurred, one cut off, every one has its letters."""
    flags = {BLURRED: "blurred", CUT_OFF: "cut_off"} if number == 1 else {}
    found = [flags[index]] if index in flags else []
    return {
        "saturated_fraction": 0.002,
        "blackened_fraction": 0.0,
        "cut_off_fraction": 0.2 if "cut_off" in found else 0.0,
        "sharpness": 0.28 if "blurred" in found else 0.45,
        "marker_area_fraction": 0.0008,
        "quality_flags": ",".join([*found, "marker"]),
    }


def _model_answer(
    index: int, score: float, crop: dict[str, object], lesion: tuple[float, float] | None
) -> dict[str, object]:
    finding = "no_finding" if lesion is None else ("mass", "calcification")[index % 2]
    assessment = (
        "no_finding" if lesion is None else "malignant" if score > 0.5 else "suspicious"
    )
    classes = {f"{name}_score": 0.05 for name in FINDING_CLASSES}
    if lesion is not None:
        classes[f"{finding}_{assessment}_score"] = score
    return {
        "model_version": MODEL_VERSION,
        "malignancy_score": score,
        **classes,
        **{f"density_{name.lower()}_score": 0.25 for name in DENSITIES},
        "finding": finding,
        "assessment": assessment,
        "regions": [] if lesion is None else [_region(crop, lesion, finding, score)],
        "saliency": _saliency(crop, lesion).tobytes(),
        "scored_at": RUN_AT + timedelta(minutes=2),
    }


def _region(
    crop: dict, lesion: tuple[float, float], finding: str, score: float
) -> dict[str, object]:
    """A box of 300 original pixels about the lesion, back through crop and flip."""
    row, column = lesion
    shown = 1 - column if crop["is_flipped"] else column
    return {
        "top_px": int(crop["crop_top_px"] + row * crop["crop_height_px"]) - 150,
        "left_px": int(crop["crop_left_px"] + shown * crop["crop_width_px"]) - 150,
        "height_px": 300,
        "width_px": 300,
        "finding": finding,
        "score": score,
    }


def _saliency(crop: dict, lesion: tuple[float, float] | None) -> np.ndarray:
    cells = np.zeros(SALIENCY.shape, np.float32)
    if lesion is not None:
        height, width = (
            crop["crop_height_px"] * crop["scale"],
            crop["crop_width_px"] * crop["scale"],
        )
        rows, columns = np.mgrid[: cells.shape[0], : cells.shape[1]] * 16 + 8
        distance = np.hypot(rows - lesion[0] * height, columns - lesion[1] * width)
        cells = 230 * np.exp(-((distance / 55) ** 2))
    return cells.astype(np.uint8)


def _pixels(
    random: np.random.Generator,
    size_px: tuple[int, int],
    view: str,
    lesion: tuple[float, float] | None,
) -> np.ndarray:
    """Half an ellipse with soft tissue, the chest wall at the left, padding zero."""
    height, width = size_px
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    radius = np.hypot((rows / height - 0.5) * 2, columns / width)
    tissue = cv2.resize(
        random.random((24, 12), np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.resize(random.random((200, 100), np.float32), (width, height))
    breast = np.clip((1 - radius) * 8, 0, 1) * (
        50 + 90 * tissue * np.clip(1.2 - radius, 0, 1) + 25 * fine
    )
    if view == "MLO":
        muscle = np.clip((1 - rows / (0.45 * height) - columns / (0.4 * width)) * 12, 0, 1)
        breast = np.maximum(breast, 170 * muscle * (radius < 1.35))
    if lesion is not None:
        distance = np.hypot(rows - lesion[0] * height, columns - lesion[1] * width)
        breast = breast + 70 * np.clip(1.3 - distance / 28, 0, 1) * (radius < 1)
    pixels = np.zeros(IMAGE.shape[1:], np.uint8)
    pixels[:height, :width] = np.clip(breast, 0, 255)
    return pixels


def _calibrations() -> pl.DataFrame:
    edges = [0.06, 0.1, 0.13, 0.17, 0.21, 0.26, 0.32, 0.4, 0.52]
    row = {
        "calibration_id": "fixture",
        "site": "*",
        "manufacturer": "*",
        "software_versions": "*",
        "model_version": MODEL_VERSION,
        "slope": 1.0,
        "intercept": -2.0,
        "band_edges": edges,
        "data": "generated exams",
        "n_exams": 400,
        "n_cancers": 40,
        "fitted_at": RUN_AT - timedelta(days=30),
    }
    return CALIBRATIONS.frame([row])


def _exam_scores(instances: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    answers = scores.select(
        "sop_instance_key", "malignancy_score", "finding", "assessment", "model_version"
    )
    images = instances.join(answers, on="sop_instance_key", how="left")
    return score_exams(images, _calibrations(), "run-24")


def _priority_list(
    rows: _Rows, instances: pl.DataFrame, exam_scores: pl.DataFrame, day: date
) -> pl.DataFrame:
    facts = instances.group_by("exam_key", maintain_order=True).agg(
        pl.col("exam_date", "site", "manufacturer", "patient_age_years", "has_implant").first()
    )
    reasons = {
        str(row["exam_key"]): row["reason"]
        for row in rows.objects
        if row["state"] == "unscorable"
    }
    unscored = pl.col("exam_score").is_null()
    exams = facts.join(exam_scores, on="exam_key", how="left").with_columns(
        pl.when(unscored)
        .then(pl.col("exam_key").replace_strict(reasons, default=None))
        .alias("reason"),
        pl.col("n_images_scored").fill_null(0),
        pl.col("n_images_unscorable").fill_null(4),
    )
    is_known = pl.col("exam_date").is_null() | (pl.col("exam_date") < day)
    listed = exams.filter(is_known, pl.col("exam_key") != exam_key(PENDING))
    published = datetime(day.year, day.month, day.day, 5, 4, tzinfo=UTC)
    return (
        order_exams(with_ordering(listed, listed, []), day)
        .select(
            *(
                name
                for name in PRIORITY_LISTS.schema.names()
                if name not in {"published_at", "run_id"}
            ),
            pl.lit(published, PRIORITY_LISTS.schema["published_at"]).alias("published_at"),
            pl.lit(f"run-{day.day}").alias("run_id"),
        )
        .cast(PRIORITY_LISTS.schema)
    )


def _runs(objects: pl.DataFrame, lists: Sequence[pl.DataFrame]) -> pl.DataFrame:
    counts = count_objects(objects).counts
    return RUNS.frame(
        [
            {
                "run_id": f"run-{day.day}",
                "list_date": day,
                "started_at": datetime(day.year, day.month, day.day, 5, 0, tzinfo=UTC),
                "finished_at": datetime(day.year, day.month, day.day, 5, 5, tzinfo=UTC),
                "outcome": "completed",
                "failure": None,
                "n_objects": counts["total"],
                **{f"n_{state}": counts[state] for state in STATES},
                "n_new_objects": 8,
                "n_images_scored": counts["scored"],
                "n_exams_listed": published.height,
                "drift": None,
                "stage_seconds": [{"stage": "score", "seconds": 120.0}],
                "peak_memory_mb": 900.0,
                "model_version": MODEL_VERSION,
                "preprocessing_version": PREPROCESSING_VERSION,
            }
            for day, published in zip(LIST_DATES, lists, strict=True)
        ]
    )
