"""Every table of the lake, declared once: columns, types, units, meaning, key.

Readers, writers, tests and `docs/tables.md` derive from these declarations. Reading and
committing is `tasks.lake.store`'s work.
"""

import polars as pl

from models.contract import DENSITIES, FINDING_CLASSES
from tasks.lake.columns import (
    AGE,
    CALIBRATION,
    ETAG,
    EXAM_DATE,
    EXAM_KEY,
    MANUFACTURER,
    MANUFACTURER_MODEL_NAME,
    MODEL_VERSION,
    PATIENT_KEY,
    PREPROCESSING_VERSION,
    REGION,
    RUN_ID,
    SITE,
    SOFTWARE_VERSIONS,
    SOP_INSTANCE_KEY,
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
from tasks.lake.programme_tables import FOLLOW_UPS, READING_EVENTS, REGISTRATIONS, TARGETS

OBJECTS = Table(
    "objects",
    "one version of an object seen in the bucket",
    ("object_key", "etag"),
    (
        text("object_key", "Key in the bucket."),
        ETAG,
        whole("size_bytes", "Size as listed, in bytes."),
        timestamp("last_modified_at", "Last modification as listed."),
        text(
            "sha256",
            "Digest of the bytes at first sight, hexadecimal; null until they were read whole.",
            nullable=True,
        ),
        text("state", "pending, scored, unscorable or rejected."),
        text("reason", "RejectionReason of an unscorable or rejected object.", nullable=True),
        text(
            "detail",
            "One sentence on the reason, or on a preamble that is a program; nothing personal.",
            nullable=True,
        ),
        text(
            "sop_instance_key",
            "The instance that the object holds, once its header was read.",
            nullable=True,
        ),
        text("exam_key", "The exam of that instance.", nullable=True),
        timestamp("first_seen_at", "When a listing first showed this version."),
        timestamp("changed_at", "When the state last changed."),
        timestamp(
            "gone_at",
            "When a listing no longer showed it: deleted, or replaced by another version.",
            nullable=True,
        ),
    ),
)

INSTANCES = Table(
    "instances",
    "an accepted image: what its header says, without personal data",
    ("sop_instance_key",),
    (
        SOP_INSTANCE_KEY,
        EXAM_KEY,
        PATIENT_KEY,
        text("series_key", "Keyed pseudonym of Series Instance UID (0020,000E)."),
        text("object_key", "The object that holds it; of several copies, the first seen."),
        ETAG,
        text("sop_class_uid", "SOP Class UID (0008,0016)."),
        text("transfer_syntax_uid", "Transfer Syntax UID (0002,0010)."),
        text("presentation_intent_type", "FOR PRESENTATION or FOR PROCESSING (0008,0068)."),
        text(
            "image_laterality",
            "R or L (0020,0062); null where it could not be determined.",
            nullable=True,
        ),
        text("image_laterality_source", "image_laterality, laterality, data_set or none."),
        text(
            "view_position",
            "CC, MLO or another view's name; null where unknown.",
            nullable=True,
        ),
        text("view_position_source", "view_code_sequence, view_position, data_set or none."),
        text(
            "view_modifiers",
            "View modifiers (0054,0222) by name, joined by a comma; empty where none.",
        ),
        text(
            "chest_wall_side",
            "left or right: where the header puts the chest wall in the stored image; null "
            "where it does not, or contradicts itself.",
            nullable=True,
        ),
        text(
            "chest_wall_side_source",
            "patient_orientation, field_of_view_horizontal_flip, image_laterality, laterality, "
            "contradiction, data_set or none.",
        ),
        flag(
            "is_synthetic_2d",
            "Whether the view was computed from a tomosynthesis rather than exposed.",
        ),
        flag("is_partial_view", "Whether Partial View (0028,1350) is YES."),
        MANUFACTURER,
        MANUFACTURER_MODEL_NAME,
        SOFTWARE_VERSIONS,
        SITE,
        EXAM_DATE,
        timestamp(
            "acquired_at",
            "Acquisition or study date and time, taken as America/Santiago.",
            nullable=True,
        ),
        AGE,
        whole("rows", "Rows (0028,0010), in pixels."),
        whole("columns", "Columns (0028,0011), in pixels."),
        whole("bits_stored", "Bits Stored (0028,0101)."),
        text("photometric_interpretation", "MONOCHROME1 or MONOCHROME2 (0028,0004)."),
        real(
            "imager_pixel_spacing_mm",
            "Row spacing at the detector (0018,1164), in mm.",
            nullable=True,
        ),
        flag("has_implant", "Breast Implant Present (0028,1300).", nullable=True),
    ),
)

IMAGES = Table(
    "images",
    "an instance's network input, with the way back to the original pixels",
    ("sop_instance_key", "preprocessing_version"),
    (
        SOP_INSTANCE_KEY,
        PREPROCESSING_VERSION,
        ETAG,
        EXAM_KEY,
        text("object_sha256", "Digest of the object's bytes, hexadecimal."),
        Column(
            "pixels",
            pl.Binary(),
            "The network input, row by row, in the contract's shape and element type.",
        ),
        text("pixels_sha256", "Digest of `pixels`, hexadecimal, verified on reading."),
        whole("crop_top_px", "First row of the breast's crop, in original pixels."),
        whole("crop_left_px", "First column of the crop, in original pixels."),
        whole("crop_height_px", "Height of the crop, in original pixels."),
        whole("crop_width_px", "Width of the crop, in original pixels."),
        flag(
            "is_flipped",
            "Whether the crop was mirrored so that the chest wall lies at the left.",
        ),
        real("scale", "Network pixels for one original pixel."),
        real(
            "breast_area_fraction", "Share of the original image that the breast covers, 0-1."
        ),
        real(
            "saturated_fraction",
            "Share of the breast that is as white as can be shown, 0-1; this and what follows "
            "is null for a picture that was cut out by somebody else.",
            nullable=True,
        ),
        real(
            "blackened_fraction",
            "Share of the breast that is as black as the background, 0-1.",
            nullable=True,
        ),
        real(
            "cut_off_fraction",
            "Share of the side opposite the chest wall that the breast touches, 0-1.",
            nullable=True,
        ),
        real(
            "sharpness",
            "Fine against coarse differences in the network input, along the axis with fewer: "
            "0.25 is a ramp, 1 is noise; motion lowers it.",
            nullable=True,
        ),
        real(
            "marker_area_fraction",
            "Share of the image that is bright outside the breast, 0-1: letters and markers.",
            nullable=True,
        ),
        text(
            "quality_flags",
            "small_breast, saturated, blackened, cut_off, blurred, marker, frame; joined by a "
            "comma, empty where none.",
            nullable=True,
        ),
        RUN_ID,
    ),
    rows_per_group=4,
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
            "score, aged, or the RejectionReason that keeps the exam from being scored.",
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
            "views_missing, extra_views, image_unscorable, implant, score_drift, and of an "
            "image's quality small_breast, saturated, blackened, cut_off, blurred, "
            "duplicated_pixels, wrong_side; joined by a comma.",
        ),
        text(
            "ordering",
            "score, or percentile: within manufacturer and software, where scores moved.",
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

AUDIT = Table(
    "audit",
    "a use of the system that concerns one person",
    ("audit_id",),
    (
        text("audit_id", "Random."),
        timestamp("recorded_at", "When; written before what it tells of is done."),
        text("operator", "Account of the operating system that asked for it."),
        text("role", "SMART_MAMMO_ROLE; none where it is not set."),
        text("action", "reidentify, export, erase or erased."),
        PATIENT_KEY,
        text("reason", "Why, in the operator's words."),
        text("detail", "What was done, in counts.", nullable=True),
    ),
)

ERASURES = Table(
    "erasures",
    "an exam that was erased and must not be taken in again",
    ("tombstone",),
    (
        text(
            "tombstone",
            "Keyed pseudonym of the erased exam's key; leads to no row of any other table.",
        ),
        timestamp("erased_at", "When."),
    ),
)

TABLES = (
    OBJECTS,
    INSTANCES,
    IMAGES,
    IMAGE_SCORES,
    EXAM_SCORES,
    PRIORITY_LISTS,
    CALIBRATIONS,
    OPERATING_POINTS,
    DEPLOYMENTS,
    MODEL_VERSIONS,
    MODEL_REPORTS,
    LABELS,
    OUTCOMES,
    RUNS,
    AUDIT,
    ERASURES,
    REGISTRATIONS,
    FOLLOW_UPS,
    TARGETS,
    READING_EVENTS,
)
