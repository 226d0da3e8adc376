"""Tables of scores, and of what gives a score its meaning: calibrations and operating points.

They stand among all the others in `tasks.lake.schemas`.
"""

import polars as pl

from models.contract import DENSITIES, FINDING_CLASSES
from tasks.lake.columns import (
    CALIBRATION,
    ETAG,
    EXAM_KEY,
    MODEL_VERSION,
    PREPROCESSING_VERSION,
    REGION,
    RUN_ID,
    SOP_INSTANCE_KEY,
    Column,
    Table,
    real,
    score,
    text,
    timestamp,
    whole,
)

IMAGE_SCORES = Table(
    "image_scores",
    "one model version's answer on one image",
    ("sop_instance_key", "model_version"),
    (
        SOP_INSTANCE_KEY,
        MODEL_VERSION,
        PREPROCESSING_VERSION,
        ETAG,
        EXAM_KEY,
        score(
            "malignancy_score",
            "Image score, 0-1, higher is more suspicious; not a probability.",
        ),
        *(
            score(f"{name}_score", f"Score of {name.replace('_', ', ')}, 0-1.")
            for name in FINDING_CLASSES
        ),
        *(
            score(f"density_{name.lower()}_score", f"Score of breast density {name}, 0-1.")
            for name in DENSITIES
        ),
        text("finding", "no_finding, mass or calcification: the strongest finding."),
        text(
            "assessment",
            "no_finding, benign, suspicious or malignant: of the strongest finding.",
        ),
        Column("regions", pl.List(REGION), "Boxes in original pixels, strongest first."),
        Column(
            "saliency",
            pl.Binary(),
            "The map of lesions as uint8 0-255, row by row, in the contract's shape.",
        ),
        timestamp("scored_at", "When Triton answered."),
        RUN_ID,
    ),
)

EXAM_SCORES = Table(
    "exam_scores",
    "one exam's scores under one model version and calibration",
    ("exam_key", "model_version", "calibration_id"),
    (
        EXAM_KEY,
        MODEL_VERSION,
        CALIBRATION,
        score("right_breast_score", "Breast score of the right breast, 0-1.", nullable=True),
        score("left_breast_score", "Breast score of the left breast, 0-1.", nullable=True),
        score("exam_score", "The higher breast score, 0-1."),
        score("calibrated_score", "Probability of malignancy by the calibration, 0-1."),
        Column(
            "band",
            pl.Int8(),
            "1-10, each about a tenth of the programme's exams, 10 the most suspicious.",
        ),
        text("driving_breast", "R or L: the breast that gives the exam its score."),
        text("driving_view", "The view with that breast's highest image score."),
        text("driving_sop_instance_key", "That view's instance."),
        text("finding", "no_finding, mass or calcification, of the driving image."),
        text(
            "assessment", "no_finding, benign, suspicious or malignant, of the driving image."
        ),
        whole("n_images_scored", "Images with a score."),
        whole("n_images_unscorable", "Images of the exam that could not be scored."),
        text(
            "views", "Laterality and view of the scored images, such as L-CC,L-MLO,R-CC,R-MLO."
        ),
        RUN_ID,
    ),
)

CALIBRATIONS = Table(
    "calibrations",
    "a mapping from exam scores to probabilities and bands",
    ("calibration_id",),
    (
        CALIBRATION,
        text("site", "Site that it holds for; * for every site."),
        text("manufacturer", "Manufacturer that it holds for; * for every one."),
        text("software_versions", "Software that it holds for; * for any."),
        MODEL_VERSION,
        real("slope", "Platt slope on the score's logit."),
        real("intercept", "Platt intercept."),
        Column(
            "band_edges",
            pl.List(pl.Float64()),
            "Nine increasing exam scores that part the ten bands.",
        ),
        text("data", "Which exams it was fitted on."),
        whole("n_exams", "How many."),
        whole("n_cancers", "How many of them with cancer."),
        timestamp("fitted_at", "When it was fitted."),
    ),
)

OPERATING_POINTS = Table(
    "operating_points",
    "a threshold and what it buys",
    ("name", "site", "manufacturer", "software_versions", "model_version"),
    (
        text("name", "Such as sensitivity_90."),
        text("site", "Site that it holds for; * for every site."),
        text("manufacturer", "Manufacturer that it holds for; * for every one."),
        text("software_versions", "Software that it holds for; * for any."),
        MODEL_VERSION,
        real("threshold", "Exams with a score at or above it are positive, 0-1."),
        real("sensitivity", "Share of cancers that are positive, 0-1."),
        real("sensitivity_low", "Lower end of its 95 % Wilson interval."),
        real("sensitivity_high", "Upper end of its 95 % Wilson interval."),
        real("specificity", "Share of exams without cancer that are negative, 0-1."),
        real("specificity_low", "Lower end of its 95 % Wilson interval."),
        real("specificity_high", "Upper end of its 95 % Wilson interval."),
        text("data", "Which exams it was chosen on."),
        timestamp("fitted_at", "When it was chosen."),
    ),
)
