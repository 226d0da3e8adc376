"""A table derived from others: what the list and the pages ask of every exam of all years.

It holds nothing that `objects`, `instances` and `image_scores` do not say;
`tasks.publish.exam_summaries` makes it. It stands among all the others in
`tasks.lake.schemas`.
"""

from dataclasses import replace

import polars as pl

from tasks.lake.columns import (
    AGE,
    EXAM_DATE,
    EXAM_KEY,
    MANUFACTURER,
    PATIENT_KEY,
    SITE,
    SOFTWARE_VERSIONS,
    Column,
    Table,
    flag,
    text,
    timestamp,
    whole,
)

OBJECT_COUNT = pl.Struct({"state": pl.String(), "reason": pl.String(), "n": pl.Int64()})

EXAM_SUMMARIES = Table(
    "exam_summaries",
    "what objects, instances and image_scores say of an exam, brought up to date by each night",
    ("exam_key",),
    (
        EXAM_KEY,
        *(
            replace(column, nullable=True)
            for column in (PATIENT_KEY, SITE, MANUFACTURER, SOFTWARE_VERSIONS, EXAM_DATE, AGE)
        ),
        timestamp("acquired_at", "Latest acquisition of its images.", nullable=True),
        flag("has_implant", "Whether an image shows an implant.", nullable=True),
        whole("n_images", "Instances of the exam, whatever became of their objects."),
        flag(
            "has_standard_views",
            "Whether its present images for presentation show both views of both breasts.",
        ),
        timestamp("first_present_at", "First sight of a present object.", nullable=True),
        timestamp("last_modified_at", "Newest present object, as listed.", nullable=True),
        timestamp(
            "first_image_at",
            "First sight of an instance's object, present or gone.",
            nullable=True,
        ),
        timestamp("last_image_at", "Last such sight.", nullable=True),
        text(
            "set_aside_reason",
            "Commonest RejectionReason of its present unscorable objects.",
            nullable=True,
        ),
        timestamp("first_scored_at", "First score of an image, of any model.", nullable=True),
        Column("objects", pl.List(OBJECT_COUNT), "Present objects by state and reason."),
    ),
)
