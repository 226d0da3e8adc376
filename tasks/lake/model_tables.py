"""Tables of the model: its versions, the reports on them, who served which, and known truth.

They stand among all the others in `tasks.lake.schemas`.
"""

import polars as pl

from tasks.lake.columns import (
    EXAM_KEY,
    MODEL_VERSION,
    PATIENT_KEY,
    REGION,
    SOP_INSTANCE_KEY,
    Column,
    Table,
    flag,
    text,
    timestamp,
)

DEPLOYMENTS = Table(
    "deployments",
    "who moved which model version where, on what evidence",
    ("deployed_at",),
    (
        timestamp("deployed_at", "When."),
        text("action", "promote or rollback."),
        MODEL_VERSION,
        text("former_model_version", "The version served before.", nullable=True),
        text("operator", "Who asked for it."),
        text("evidence", "The report that the decision rests on."),
        text("override", "Why the gate was overruled.", nullable=True),
    ),
)

MODEL_VERSIONS = Table(
    "model_versions",
    "a packaged version of the model, as its files say",
    ("model_version",),
    (
        MODEL_VERSION,
        text("package_sha256", "Digest of the version's SHA256SUMS: of all its files."),
        text("status", "untrained or trained."),
        text("record", "The version's model.json."),
        text("model_card", "The version's model card, in Markdown."),
        timestamp("registered_at", "When this system first worked with these files."),
    ),
)

MODEL_REPORTS = Table(
    "model_reports",
    "a report on a version of the model, which a promotion may rest on",
    ("report_id",),
    (
        text("report_id", "Such as comparison-2-20261124T0500."),
        text("kind", "verification or comparison."),
        MODEL_VERSION,
        text("against_version", "The version that it was held against: the one served then."),
        text("package_sha256", "Digest of the SHA256SUMS of the version that was judged."),
        timestamp("made_at", "When."),
        text("figures", "The report, as JSON."),
    ),
)

LABELS = Table(
    "labels",
    "what is known of an image, from a data set or the generator",
    ("sop_instance_key", "source"),
    (
        SOP_INSTANCE_KEY,
        text("source", "Data set that the truth comes from."),
        EXAM_KEY,
        PATIENT_KEY,
        text(
            "split", "training, validation or test; null where the set has none.", nullable=True
        ),
        text("image_laterality", "R or L; null where the set does not say.", nullable=True),
        flag("is_malignant", "Whether this breast holds a cancer.", nullable=True),
        text("finding", "no_finding, mass or calcification.", nullable=True),
        text("assessment", "no_finding, benign, suspicious or malignant.", nullable=True),
        text("breast_density", "A-D.", nullable=True),
        text("provenance", "biopsy, birads_proxy, report or generated."),
        flag("is_film", "Digitised film rather than digital mammography."),
        Column(
            "regions",
            pl.List(REGION),
            "Lesions as boxes in original pixels; score is 1 where malignant, else 0.",
        ),
    ),
)
