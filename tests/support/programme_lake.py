"""A programme of any size with all that followed: readings, pathology, registers, nights.

Whole columns at once, so that 100 000 exams take seconds. Deterministic; no pixels.
"""

from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b

import numpy as np
import polars as pl

from tasks.lake.columns import Table
from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    FOLLOW_UPS,
    IMAGE_QUALITY,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    OPERATING_POINTS,
    OUTCOMES,
    PRIORITY_LISTS,
    REGISTRATIONS,
    RUNS,
    TARGETS,
)
from tests.support.lake_fixture import DEVICES, SITES, VIEWS

LAST_DAY = date(2026, 11, 24)
N_DAYS = 720
N_LISTS = 30
ROWS_PER_COMMIT = 100_000
UNREAD_DAYS = 12
COMUNAS = (
    "Ancud",
    "Castro",
    "Chonchi",
    "Dalcahue",
    "Puqueldón",
    "Quellón",
    "Quemchi",
    "Queilén",
)
EVERYWHERE = {"site": "*", "manufacturer": "*", "software_versions": "*", "model_version": "1"}
BANDS = np.linspace(0.1, 0.9, 9)
PREVALENCE = 0.007


def complete(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame in a table's schema: what it lacks is null, or one plain value."""
    missing = [column for column in table.columns if column.name not in frame.columns]
    plain = [
        pl.lit(None if column.nullable else _plain(column.dtype), column.dtype).alias(
            column.name
        )
        for column in missing
    ]
    return frame.with_columns(plain).select(table.schema.names()).cast(dict(table.schema))


def _plain(dtype: pl.DataType) -> object:
    plain = {
        pl.String: "x", pl.Boolean: False, pl.Binary: b"", pl.Date: LAST_DAY, pl.List: [],
        pl.Datetime: datetime.combine(LAST_DAY, time(5, 5), UTC),
    }  # fmt: skip
    return plain.get(dtype.base_type(), 1)


def fill_programme(lake, n_exams: int, seed: int = 1) -> pl.DataFrame:
    """Write a programme into an empty lake.

    Returns:
        What was drawn, one row an exam: exam_key, day, score, cancer, recalled, read_date …
    """
    exams = draw_exams(n_exams, seed)
    images = _images(exams)
    frames = {
        OBJECTS: images,
        INSTANCES: images.filter(pl.col("exam_key").is_not_null()),
        IMAGE_QUALITY: images.filter(state="scored"),
        IMAGES: images.filter(state="scored"),
        IMAGE_SCORES: images.filter(state="scored").with_columns(malignancy_score="score"),
        EXAM_SCORES: exams.filter(state="scored"),
        CALIBRATIONS: pl.DataFrame({"calibration_id": ["all"], **EVERYWHERE}),
        OPERATING_POINTS: _points(),
        OUTCOMES: _outcomes(exams),
        REGISTRATIONS: exams,
        FOLLOW_UPS: exams.filter(pl.col("read_date").is_not_null()),
        TARGETS: _targets(),
        PRIORITY_LISTS: _lists(exams),
        RUNS: _runs(images),
    }  # fmt: skip
    for table, frame in frames.items():
        for part in complete(table, frame).iter_slices(ROWS_PER_COMMIT):
            lake.insert_new(table, part)
    return exams


def draw_exams(n: int, seed: int = 1) -> pl.DataFrame:
    """One row an exam, from the tables' columns and what they rest on."""
    random = np.random.default_rng(seed)
    cancer = random.random(n) < PREVALENCE
    score = np.where(cancer, random.beta(4, 2, n), random.beta(1.2, 4, n))
    recalled = random.random(n) < np.where(cancer, 0.82, 0.06)
    device = random.integers(0, len(DEVICES), n)
    age = random.integers(38, 76, n)
    place = pl.int_range(pl.len())
    day = pl.lit(LAST_DAY) - pl.duration(days=pl.lit(pl.Series(random.integers(0, N_DAYS, n))))
    wait = pl.Series(random.integers(1, UNREAD_DAYS, n))
    return (
        pl.DataFrame(
            {
                "score": score, "cancer": cancer, "recalled": recalled,
                "patient_age_years": age, "is_first_screen": random.random(n) < 0.3,
                "is_mobile": random.random(n) < 0.7, "wait": wait,
                "site": np.array(SITES)[random.integers(0, len(SITES), n)],
                "comuna": np.array(COMUNAS)[random.integers(0, len(COMUNAS), n)],
                "manufacturer": [DEVICES[one][0] for one in device],
                "software_versions": [DEVICES[one][2] for one in device],
                "is_unscorable": random.random(n) < 0.012, "size_mm": random.gamma(4, 4, n),
                "density": np.array(list("ABCD"))[random.choice(4, n, p=[0.1, 0.4, 0.4, 0.1])],
            }
        )
        .with_columns(
            exam_key=pl.lit(_pseudonyms(n)),
            patient_key=pl.format("woman{}", (place // 2).cast(pl.String).str.zfill(27)),
            exam_date=day,
        )
        .with_columns(_known_later())
        .with_columns(_scores())
    )  # fmt: skip


def _pseudonyms(n: int) -> pl.Series:
    """32 hexadecimal digits each, as the night's are: it parts exams by them."""
    return pl.Series(
        [blake2b(b"%d" % place, digest_size=16).hexdigest() for place in range(n)],
        dtype=pl.String,
    )


def _known_later() -> list[pl.Expr]:
    read = pl.col("exam_date") + pl.duration(days="wait")
    is_read = read <= LAST_DAY
    proven = is_read & pl.col("recalled")
    months = (pl.lit(LAST_DAY) - pl.col("exam_date")).dt.total_days() // 30
    found = pl.when(proven & pl.col("cancer"))
    return [
        pl.col("exam_date").alias("day"),
        pl.when(is_read).then(read).alias("read_date"),
        pl.when(is_read).then(months).alias("follow_up_months"),
        pl.when(proven).then(read + pl.duration(days=30)).alias("diagnosis_date"),
        found.then(read + pl.duration(days=55)).alias("staging_date"),
        found.then(pl.col("size_mm")).alias("tumour_size_mm"),
        found.then(pl.col("size_mm") > 8).alias("is_invasive"),
        found.then(pl.col("size_mm") > 24).alias("is_node_positive"),
        pl.when(is_read).then(pl.lit(value=False)).alias("technical_recall"),
        pl.when(pl.col("is_unscorable")).then(pl.lit("unscorable")).otherwise(pl.lit("scored"))
        .alias("state"),
        pl.concat_str(pl.lit("FONASA "), pl.col("density")).alias("insurance_tier"),
        (pl.col("exam_date").cast(pl.Datetime("us")) + pl.duration(hours=15))
        .dt.replace_time_zone("UTC").alias("acquired_at"),
    ]  # fmt: skip


def _scores() -> list[pl.Expr]:
    score = pl.col("score")
    seen = pl.when(score > 0.5)
    band = 1 + pl.sum_horizontal(score.rank() / pl.len() > edge for edge in BANDS)
    return [
        score.alias("exam_score"),
        (score**3).alias("calibrated_score"),
        band.alias("band"),
        pl.lit("1").alias("model_version"),
        pl.lit("all").alias("calibration_id"),
        pl.lit("L-CC,L-MLO,R-CC,R-MLO").alias("views"),
        pl.lit("R").alias("driving_breast"),
        pl.lit("CC").alias("driving_view"),
        seen.then(pl.lit("mass")).otherwise(pl.lit("no_finding")).alias("finding"),
        seen.then(pl.lit("suspicious")).otherwise(pl.lit("no_finding")).alias("assessment"),
    ]  # fmt: skip


def _images(exams: pl.DataFrame) -> pl.DataFrame:
    views = pl.DataFrame(VIEWS, schema=["image_laterality", "view_position"], orient="row")
    of_exams = exams.join(views, how="cross").with_columns(
        sop_instance_key=pl.concat_str("exam_key", "image_laterality", "view_position"),
        reason=pl.when(pl.col("state") == "unscorable").then(pl.lit("truncated")),
    )
    rejected = pl.DataFrame(
        {"sop_instance_key": [f"other{n}" for n in range(exams.height // 50)]}
    ).with_columns(state=pl.lit("rejected"), reason=pl.lit("not_dicom"))
    return (
        pl.concat([of_exams, rejected], how="diagonal")
        .with_columns(
            object_key=pl.format("{}.dcm", "sop_instance_key"),
            etag="sop_instance_key",
            preprocessing_version=pl.lit("1"),
            model_version=pl.lit("1"),
            quality_flags=pl.lit(""),
            first_seen_at=pl.coalesce("acquired_at", pl.lit(datetime(2026, 11, 1, tzinfo=UTC))),
        )
        .with_columns(
            changed_at="first_seen_at",
            scored_at=pl.col("first_seen_at") + pl.duration(hours=12),
        )
    )


def _outcomes(exams: pl.DataFrame) -> pl.DataFrame:
    read = exams.filter(pl.col("read_date").is_not_null())
    assessment = pl.when("recalled").then(pl.lit("4")).otherwise(pl.lit("1"))
    reading = read.with_columns(
        breast=pl.lit("both"), source=pl.lit("reader"), birads_assessment=assessment,
        breast_density="density", is_malignant=pl.lit(None, pl.Boolean),
        recorded_by=pl.lit("ana"),
    )  # fmt: skip
    is_late = pl.col("follow_up_months") >= 12
    proven = read.filter(pl.col("recalled") | (pl.col("cancer") & is_late)).with_columns(
        breast=pl.lit("both"), source=pl.lit("pathology"), is_malignant="cancer",
        recalled=pl.lit(None, pl.Boolean), read_date=pl.lit(None, pl.Date),
    )  # fmt: skip
    return pl.concat([reading, proven], how="diagonal")


def _targets() -> pl.DataFrame:
    bands = pl.DataFrame({"age_band": ["under_40", "40_49", "50_59", "60_69", "70_over"]})
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    return (
        pl.DataFrame({"comuna": COMUNAS})
        .join(bands, how="cross")
        .with_columns(
            first_day=pl.lit(first), last_day=pl.lit(last), n_women=4000, n_invited=3000
        )
    )


def _points() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "name": ["sensitivity_90", "specificity_90"],
            **EVERYWHERE,
            "threshold": [0.4, 0.5], "sensitivity": [0.9, 0.83], "sensitivity_low": [0.86, 0.8],
            "sensitivity_high": [0.93, 0.88], "specificity": [0.8, 0.9],
            "specificity_low": [0.79, 0.89], "specificity_high": [0.81, 0.91],
            "data": "generated exams",
        }
    )  # fmt: skip


def _lists(exams: pl.DataFrame) -> pl.DataFrame:
    days = [LAST_DAY - timedelta(days=ago) for ago in range(N_LISTS)]
    return pl.concat([_list(exams, day) for day in days], how="diagonal")


def _list(exams: pl.DataFrame, day: date) -> pl.DataFrame:
    is_unread = pl.col("read_date").is_null() | (pl.col("read_date") > day)
    is_scored = pl.col("state") == "scored"
    listed = exams.filter(is_unread, pl.col("exam_date") <= day)
    own = ("band", "exam_score", "calibrated_score", "driving_breast", "driving_view",
           "finding", "assessment", "model_version")  # fmt: skip
    return (
        listed.sort(is_scored, "calibrated_score", "exam_key", descending=[False, True, False])
        .with_columns(*(pl.when(is_scored).then(pl.col(name)).alias(name) for name in own))
        .with_columns(
            list_date=pl.lit(day),
            rank=pl.int_range(1, pl.len() + 1),
            lane=pl.when(is_scored).then(pl.lit("ranked")).otherwise(pl.lit("unscorable")),
            reason=pl.when(is_scored).then(pl.lit("score")).otherwise(pl.lit("truncated")),
            waiting_days=(pl.lit(day) - pl.col("exam_date")).dt.total_days(),
            n_images_scored=pl.when(is_scored).then(4).otherwise(0),
            n_images_unscorable=pl.when(is_scored).then(0).otherwise(4),
            flags=pl.lit(""),
            ordering=pl.lit("score"),
            published_at=pl.lit(datetime.combine(day, time(5, 5), UTC)),
        )
    )


def _runs(images: pl.DataFrame) -> pl.DataFrame:
    states = dict(images["state"].value_counts().iter_rows())
    counts = {
        f"n_{state}": states.get(state, 0) for state in ("scored", "unscorable", "rejected")
    }
    return pl.DataFrame(
        [
            {
                "run_id": f"run-{ago}",
                "list_date": LAST_DAY - timedelta(days=ago),
                "started_at": datetime.combine(LAST_DAY - timedelta(days=ago), time(5), UTC),
                "finished_at": datetime.combine(
                    LAST_DAY - timedelta(days=ago), time(5, 5), UTC
                ),
                "outcome": "completed",
                "n_objects": images.height,
                **counts,
                "n_pending": 0,
                "stage_seconds": [{"stage": "score", "seconds": 120.0}],
                "model_version": "1",
                "preprocessing_version": "1",
            }
            for ago in range(N_LISTS)
        ]
    )
