"""Tables of what a night leaves, the list and the run, and of what readers answer.

They stand among all the others in `tasks.lake.schemas`.
"""

import polars as pl

from tasks.lake.columns import (
    AGE,
    EXAM_DATE,
    EXAM_KEY,
    MANUFACTURER,
    MODEL_VERSION,
    PREPROCESSING_VERSION,
    RUN_ID,
    SITE,
    Column,
    Table,
    day,
    flag,
    real,
    score,
    text,
    timestamp,
    whole,
)

PRIORITY_LISTS = Table(
    "priority_lists",
    "an exam's place on a published list",
    ("list_date", "rank"),
    (
        day("list_date", "The day that the list is read on."),
        whole("rank", "1 is read first; the unscorable lane comes before the ranked one."),
        text("lane", "unscorable or ranked."),
        EXAM_KEY,
        Column("band", pl.Int8(), "1-10; null in the unscorable lane.", nullable=True),
        score("exam_score", "As in exam_scores.", nullable=True),
        score("calibrated_score", "As in exam_scores.", nullable=True),
        text("driving_breast", "R or L.", nullable=True),
        text("driving_view", "CC or MLO.", nullable=True),
        text(
            "reason",
            "score, aged, pending, still_arriving, or the RejectionReason that keeps the exam "
            "from being scored.",
        ),
        text(
            "finding", "no_finding, mass or calcification, of the driving image.", nullable=True
        ),
        text("assessment", "no_finding, benign, suspicious or malignant.", nullable=True),
        whole("waiting_days", "Days from the exam to the list's date.", nullable=True),
        EXAM_DATE,
        SITE,
        MANUFACTURER,
        AGE,
        whole("n_images_scored", "Images with a score."),
        whole("n_images_unscorable", "Images that could not be scored."),
        text(
            "flags",
            "views_missing, extra_views, image_unscorable, implant, score_drift, late_view, "
            "and of an image's quality small_breast, saturated, blackened, cut_off, blurred, "
            "duplicated_pixels, wrong_side; joined by a comma.",
        ),
        text(
            "ordering",
            "score, or percentile: within manufacturer and software, where scores moved.",
            default="score",
        ),
        Column(
            "model_version",
            pl.String(),
            "Version of the model; null in the unscorable lane.",
            nullable=True,
        ),
        timestamp("published_at", "When the list was published."),
        RUN_ID,
    ),
)

OUTCOMES = Table(
    "outcomes",
    "what readers and pathology found",
    ("exam_key", "breast", "source"),
    (
        EXAM_KEY,
        text("breast", "R, L or both."),
        text("source", "reader, pathology or registry."),
        text("birads_assessment", "0, 1, 2, 3, 4, 4A, 4B, 4C, 5 or 6.", nullable=True),
        text("breast_density", "A-D, as the reader saw it.", nullable=True),
        flag("recalled", "Whether the woman was recalled.", nullable=True),
        flag("is_malignant", "Whether cancer was proven.", nullable=True),
        day("read_date", "When it was read.", nullable=True),
        text("recorded_by", "Account, or the import, that wrote the row.", nullable=True),
        timestamp("recorded_at", "When the row was written."),
    ),
)

RUNS = Table(
    "runs",
    "a night's counts, timings and versions",
    ("run_id",),
    (
        RUN_ID,
        day("list_date", "The list that it worked for."),
        timestamp("started_at", "Start."),
        timestamp("finished_at", "End."),
        text("outcome", "completed or failed."),
        text("failure", "The stated failure.", nullable=True),
        whole("n_objects", "Objects in the bucket at the end of the run."),
        whole("n_scored", "Of them scored."),
        whole("n_unscorable", "Of them unscorable."),
        whole("n_rejected", "Of them rejected."),
        whole("n_pending", "Of them pending."),
        whole("n_new_objects", "Objects first seen by this run."),
        whole("n_images_scored", "Images that this run scored."),
        whole("n_exams_listed", "Exams on the published list."),
        text("drift", "Which mammographs' scores moved, and how far.", nullable=True),
        Column(
            "stage_seconds",
            pl.List(pl.Struct({"stage": pl.String(), "seconds": pl.Float64()})),
            "Wall time of each stage, in seconds.",
        ),
        real(
            "peak_memory_mb",
            "Highest resident memory of the flow and its workers together, in MB.",
        ),
        MODEL_VERSION,
        PREPROCESSING_VERSION,
    ),
)
