"""One exam through the first half of a night on a real bucket, then scored by formula.

Each image has one bright square, and its region is exactly that square.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import polars as pl

from models.contract import DENSITIES, FINDING_CLASSES, SALIENCY
from tasks.lake.schemas import CALIBRATIONS, IMAGE_SCORES, INSTANCES, OBJECTS, RUNS
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.run import Run
from tasks.score.exams import aggregate
from tasks.synthetic.dicom import build_mammogram_bytes, make_uid
from tests.support.door import Door
from tests.support.mammograms import draw_breast

SCORED_AT = datetime(2026, 11, 24, 5, 2, tzinfo=UTC)
PATIENT_ID, PATIENT_NAME = "11.111.111-1", "Muñoz^María"
BRIGHT = 4000
VIEWS = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))


@dataclass(frozen=True)
class Square:
    """Where an image is bright, in original pixels."""

    top_px: int
    left_px: int
    height_px: int
    width_px: int


def square_of(number: int) -> Square:
    """Another place in each image."""
    return Square(100 + 7 * number, 30 + 5 * number, 21 + number, 17 + 2 * number)


def put_exam(door: Door) -> None:
    """Store an exam of four views, and read and preprocess it."""
    for number, (laterality, view) in enumerate(VIEWS):
        stored = draw_breast(320, 240, seed=number)
        place = square_of(number)
        rows = slice(place.top_px, place.top_px + place.height_px)
        stored[rows, place.left_px : place.left_px + place.width_px] = BRIGHT
        data = build_mammogram_bytes(
            stored,
            PatientID=PATIENT_ID,
            PatientName=PATIENT_NAME,
            StudyInstanceUID=make_uid("scored", "study"),
            image_laterality=laterality,
            view_position=view,
        )
        door.put({f"unit-1/{number}.dcm": data})
    door.read()
    door.preprocess()


def score_exam(door: Door) -> str:
    """Score it as a night does, with answers by formula; its key."""
    lake, run = door.services.lake, Run.begin(date(2026, 11, 24))
    instances = lake.read(INSTANCES).sort("object_key")
    rows = [_answer(number, row) for number, row in enumerate(instances.to_dicts())]
    lake.insert_new(IMAGE_SCORES, IMAGE_SCORES.frame(rows))
    lake.upsert(OBJECTS, lake.read(OBJECTS).with_columns(state=pl.lit("scored")))
    lake.insert_new(CALIBRATIONS, CALIBRATIONS.frame([_calibration()]))
    assert aggregate(lake, "1", run) == 1
    lake.insert_new(RUNS, RUNS.frame([_run(run)]))
    return str(instances.item(0, "exam_key"))


def _answer(number: int, instance: dict[str, object]) -> dict[str, object]:
    place = square_of(number)
    finding = ("mass", "calcification")[number % 2]
    return {
        **{name: instance[name] for name in ("sop_instance_key", "etag", "exam_key")},
        "model_version": "1",
        "preprocessing_version": PREPROCESSING_VERSION,
        "malignancy_score": 0.4 + number / 10,
        **{f"{name}_score": 0.1 for name in FINDING_CLASSES},
        **{f"density_{name.lower()}_score": 0.25 for name in DENSITIES},
        "finding": finding,
        "assessment": "suspicious",
        "regions": [vars(place) | {"finding": finding, "score": 0.5}],
        "saliency": np.zeros(SALIENCY.shape, np.uint8).tobytes(),
        "scored_at": SCORED_AT,
        "run_id": "run",
    }


def _calibration() -> dict[str, object]:
    return {
        "calibration_id": "pooled",
        **dict.fromkeys(("site", "manufacturer", "software_versions"), "*"),
        "model_version": "1",
        "slope": 1.0,
        "intercept": -2.0,
        "band_edges": [number / 10 for number in range(1, 10)],
        "data": "generated exams",
        "n_exams": 400,
        "n_cancers": 40,
        "fitted_at": SCORED_AT,
    }


def _run(run: Run) -> dict[str, object]:
    counts = ("n_objects", "n_scored", "n_new_objects", "n_images_scored")
    none = ("n_unscorable", "n_rejected", "n_pending", "n_exams_listed")
    return {
        "run_id": run.run_id,
        "list_date": run.list_date,
        "started_at": run.started_at,
        "finished_at": SCORED_AT,
        "outcome": "completed",
        "failure": None,
        **dict.fromkeys(counts, len(VIEWS)),
        **dict.fromkeys(none, 0),
        "drift": None,
        "stage_seconds": [],
        "peak_memory_mb": 1.0,
        "model_version": "1",
        "preprocessing_version": PREPROCESSING_VERSION,
    }
