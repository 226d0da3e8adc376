"""Every table of the lake, declared once: columns, types, units, meaning, key.

Readers, writers, tests and `docs/tables.md` derive from these declarations. Reading and
committing is `tasks.lake.store`'s work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from models.contract import DENSITIES, FINDING_CLASSES

PROVENANCE = frozenset({"run_id", "scored_at", "published_at"})
"""Columns that say which run wrote a row and when: alone they make no row another one."""

UTC = pl.Datetime("us", "UTC")
REGION = pl.Struct(
    {
        "top_px": pl.Int32(),
        "left_px": pl.Int32(),
        "height_px": pl.Int32(),
        "width_px": pl.Int32(),
        "finding": pl.String(),
        "score": pl.Float32(),
    }
)


@dataclass(frozen=True)
class Column:
    """One column; `meaning` is one sentence with its unit or range."""

    name: str
    dtype: pl.DataType
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One Delta table."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partition_by: tuple[str, ...] = ()
    rows_per_group: int | None = None
    """Rows in a Parquet row group, where a row is so large that readers want few at a time."""

    @property
    def schema(self) -> pl.Schema:
        """Column names and types, as polars reads and writes them."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    def frame(self, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
        """Rows as a frame of exactly this table's schema; a missing column is an error."""
        for row in rows:
            if absent := self.schema.keys() - row.keys():
                raise KeyError(f"A row of {self.name} lacks {sorted(absent)}.")
        return pl.DataFrame(rows, schema=self.schema, strict=True)


def _text(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.String(), meaning, nullable)


def _whole(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.Int64(), meaning, nullable)


def _real(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.Float64(), meaning, nullable)


def _score(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.Float32(), meaning, nullable)


def _flag(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.Boolean(), meaning, nullable)


def _time(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, UTC, meaning, nullable)


def _date(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, pl.Date(), meaning, nullable)


SOP_INSTANCE_KEY = _text("sop_instance_key", "Keyed pseudonym of SOP Instance UID (0008,0018).")
EXAM_KEY = _text(
    "exam_key", "Keyed pseudonym of Study Instance UID (0020,000D): one visit's mammograms."
)
PATIENT_KEY = _text("patient_key", "Keyed pseudonym of Patient ID (0010,0020) with its issuer.")
ETAG = _text("etag", "ETag of the object that the row was made from, without quotes.")
MODEL_VERSION = _text(
    "model_version", "Version of the model in Triton, as pinned by the client."
)
PREPROCESSING_VERSION = _text(
    "preprocessing_version", "Hash of the transform from stored values to network input."
)
CALIBRATION = _text("calibration_id", "The calibration row that mapped the score.")
RUN_ID = _text("run_id", "The run that wrote the row.")
SITE = _text(
    "site",
    "Mobile unit or clinic: Station Name (0008,1010), else Institution Name (0008,0080).",
)
MANUFACTURER = _text("manufacturer", "Manufacturer (0008,0070).")
MANUFACTURER_MODEL_NAME = _text(
    "manufacturer_model_name", "Manufacturer's Model Name (0008,1090)."
)
SOFTWARE_VERSIONS = _text(
    "software_versions", "Software Versions (0018,1020), joined by a backslash."
)
EXAM_DATE = _date("exam_date", "Study Date (0008,0020).", nullable=True)
AGE = Column("patient_age_years", pl.Int16(), "Age at the exam, in years.", nullable=True)

OBJECTS = Table(
    "objects",
    "one version of an object seen in the bucket",
    ("object_key", "etag"),
    (
        _text("object_key", "Key in the bucket."),
        ETAG,
        _whole("size_bytes", "Size as listed, in bytes."),
        _time("last_modified_at", "Last modification as listed."),
        _text(
            "sha256",
            "Digest of the bytes at first sight, hexadecimal; null until they were read whole.",
            nullable=True,
        ),
        _text("state", "pending, scored, unscorable or rejected."),
        _text("reason", "RejectionReason of an unscorable or rejected object.", nullable=True),
        _text("detail", "One sentence on the reason, without personal data.", nullable=True),
        _text(
            "sop_instance_key",
            "The instance that the object holds, once its header was read.",
            nullable=True,
        ),
        _text("exam_key", "The exam of that instance.", nullable=True),
        _time("first_seen_at", "When a listing first showed this version."),
        _time("changed_at", "When the state last changed."),
        _time(
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
        _text("series_key", "Keyed pseudonym of Series Instance UID (0020,000E)."),
        _text("object_key", "The object that holds it; of several copies, the first seen."),
        ETAG,
        _text("sop_class_uid", "SOP Class UID (0008,0016)."),
        _text("transfer_syntax_uid", "Transfer Syntax UID (0002,0010)."),
        _text("presentation_intent_type", "FOR PRESENTATION or FOR PROCESSING (0008,0068)."),
        _text(
            "image_laterality",
            "R or L (0020,0062); null where it could not be determined.",
            nullable=True,
        ),
        _text("image_laterality_source", "image_laterality, laterality, data_set or none."),
        _text(
            "view_position",
            "CC, MLO or another view's name; null where unknown.",
            nullable=True,
        ),
        _text("view_position_source", "view_code_sequence, view_position, data_set or none."),
        _text(
            "view_modifiers",
            "View modifiers (0054,0222) by name, joined by a comma; empty where none.",
        ),
        MANUFACTURER,
        MANUFACTURER_MODEL_NAME,
        SOFTWARE_VERSIONS,
        SITE,
        EXAM_DATE,
        _time(
            "acquired_at",
            "Acquisition or study date and time, taken as America/Santiago.",
            nullable=True,
        ),
        AGE,
        _whole("rows", "Rows (0028,0010), in pixels."),
        _whole("columns", "Columns (0028,0011), in pixels."),
        _whole("bits_stored", "Bits Stored (0028,0101)."),
        _text("photometric_interpretation", "MONOCHROME1 or MONOCHROME2 (0028,0004)."),
        _real(
            "imager_pixel_spacing_mm",
            "Row spacing at the detector (0018,1164), in mm.",
            nullable=True,
        ),
        _flag("has_implant", "Breast Implant Present (0028,1300).", nullable=True),
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
        _text("object_sha256", "Digest of the object's bytes, hexadecimal."),
        Column(
            "pixels",
            pl.Binary(),
            "The network input, row by row, in the contract's shape and element type.",
        ),
        _text("pixels_sha256", "Digest of `pixels`, hexadecimal, verified on reading."),
        _whole("crop_top_px", "First row of the breast's crop, in original pixels."),
        _whole("crop_left_px", "First column of the crop, in original pixels."),
        _whole("crop_height_px", "Height of the crop, in original pixels."),
        _whole("crop_width_px", "Width of the crop, in original pixels."),
        _flag(
            "is_flipped",
            "Whether the crop was mirrored so that the chest wall lies at the left.",
        ),
        _real("scale", "Network pixels for one original pixel."),
        _real(
            "breast_area_fraction", "Share of the original image that the breast covers, 0-1."
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
        _score(
            "malignancy_score",
            "Image score, 0-1, higher is more suspicious; not a probability.",
        ),
        *(
            _score(f"{name}_score", f"Score of {name.replace('_', ', ')}, 0-1.")
            for name in FINDING_CLASSES
        ),
        *(
            _score(f"density_{name.lower()}_score", f"Score of breast density {name}, 0-1.")
            for name in DENSITIES
        ),
        _text("finding", "no_finding, mass or calcification: the strongest finding."),
        _text(
            "assessment",
            "no_finding, benign, suspicious or malignant: of the strongest finding.",
        ),
        Column("regions", pl.List(REGION), "Boxes in original pixels, strongest first."),
        Column(
            "saliency",
            pl.Binary(),
            "The malignancy map as uint8 0-255, row by row, in the contract's shape.",
        ),
        _time("scored_at", "When Triton answered."),
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
        _score("right_breast_score", "Breast score of the right breast, 0-1.", nullable=True),
        _score("left_breast_score", "Breast score of the left breast, 0-1.", nullable=True),
        _score("exam_score", "The higher breast score, 0-1."),
        _score("calibrated_score", "Probability of malignancy by the calibration, 0-1."),
        Column(
            "band",
            pl.Int8(),
            "1-10, each about a tenth of the programme's exams, 10 the most suspicious.",
        ),
        _text("driving_breast", "R or L: the breast that gives the exam its score."),
        _text("driving_view", "The view with that breast's highest image score."),
        _text("driving_sop_instance_key", "That view's instance."),
        _text("finding", "no_finding, mass or calcification, of the driving image."),
        _text(
            "assessment", "no_finding, benign, suspicious or malignant, of the driving image."
        ),
        _whole("n_images_scored", "Images with a score."),
        _whole("n_images_unscorable", "Images of the exam that could not be scored."),
        _text(
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
        _date("list_date", "The day that the list is read on."),
        _whole("rank", "1 is read first; the unscorable lane comes before the ranked one."),
        _text("lane", "unscorable or ranked."),
        EXAM_KEY,
        Column("band", pl.Int8(), "1-10; null in the unscorable lane.", nullable=True),
        _score("exam_score", "As in exam_scores.", nullable=True),
        _score("calibrated_score", "As in exam_scores.", nullable=True),
        _text("driving_breast", "R or L.", nullable=True),
        _text("driving_view", "CC or MLO.", nullable=True),
        _text(
            "reason",
            "score, aged, or the RejectionReason that keeps the exam from being scored.",
        ),
        _text(
            "finding", "no_finding, mass or calcification, of the driving image.", nullable=True
        ),
        _text("assessment", "no_finding, benign, suspicious or malignant.", nullable=True),
        _whole("waiting_days", "Days from the exam to the list's date.", nullable=True),
        EXAM_DATE,
        SITE,
        MANUFACTURER,
        AGE,
        _whole("n_images_scored", "Images with a score."),
        _whole("n_images_unscorable", "Images that could not be scored."),
        _text(
            "flags",
            "views_missing, extra_views, image_unscorable, implant; joined by a comma.",
        ),
        Column(
            "model_version",
            pl.String(),
            "Version of the model; null in the unscorable lane.",
            nullable=True,
        ),
        _time("published_at", "When the list was published."),
        RUN_ID,
    ),
)

CALIBRATIONS = Table(
    "calibrations",
    "a mapping from exam scores to probabilities and bands",
    ("calibration_id",),
    (
        CALIBRATION,
        _text("site", "Site that it holds for; * for every site."),
        _text("manufacturer", "Manufacturer that it holds for; * for every one."),
        _text("software_versions", "Software that it holds for; * for any."),
        MODEL_VERSION,
        _real("slope", "Platt slope on the score's logit."),
        _real("intercept", "Platt intercept."),
        Column(
            "band_edges",
            pl.List(pl.Float64()),
            "Nine increasing exam scores that part the ten bands.",
        ),
        _text("data", "Which exams it was fitted on."),
        _whole("n_exams", "How many."),
        _whole("n_cancers", "How many of them with cancer."),
        _time("fitted_at", "When it was fitted."),
    ),
)

OPERATING_POINTS = Table(
    "operating_points",
    "a threshold and what it buys",
    ("name", "site", "manufacturer", "software_versions", "model_version"),
    (
        _text("name", "Such as sensitivity_90."),
        _text("site", "Site that it holds for; * for every site."),
        _text("manufacturer", "Manufacturer that it holds for; * for every one."),
        _text("software_versions", "Software that it holds for; * for any."),
        MODEL_VERSION,
        _real("threshold", "Exams with a score at or above it are positive, 0-1."),
        _real("sensitivity", "Share of cancers that are positive, 0-1."),
        _real("sensitivity_low", "Lower end of its 95 % Wilson interval."),
        _real("sensitivity_high", "Upper end of its 95 % Wilson interval."),
        _real("specificity", "Share of exams without cancer that are negative, 0-1."),
        _real("specificity_low", "Lower end of its 95 % Wilson interval."),
        _real("specificity_high", "Upper end of its 95 % Wilson interval."),
        _text("data", "Which exams it was chosen on."),
        _time("fitted_at", "When it was chosen."),
    ),
)

DEPLOYMENTS = Table(
    "deployments",
    "who moved which model version where, on what evidence",
    ("deployed_at",),
    (
        _time("deployed_at", "When."),
        _text("action", "promote or rollback."),
        MODEL_VERSION,
        _text("former_model_version", "The version served before.", nullable=True),
        _text("operator", "Who asked for it."),
        _text("evidence", "The report that the decision rests on."),
        _text("override", "Why the gate was overruled.", nullable=True),
    ),
)

LABELS = Table(
    "labels",
    "what is known of an image, from a data set or the generator",
    ("sop_instance_key", "source"),
    (
        SOP_INSTANCE_KEY,
        _text("source", "Data set that the truth comes from."),
        EXAM_KEY,
        PATIENT_KEY,
        _text(
            "split", "training, validation or test; null where the set has none.", nullable=True
        ),
        _text("image_laterality", "R or L; null where the set does not say.", nullable=True),
        _flag("is_malignant", "Whether this breast holds a cancer.", nullable=True),
        _text("finding", "no_finding, mass or calcification.", nullable=True),
        _text("assessment", "no_finding, benign, suspicious or malignant.", nullable=True),
        _text("breast_density", "A-D.", nullable=True),
        _text("provenance", "biopsy, birads_proxy, report or generated."),
        _flag("is_film", "Digitised film rather than digital mammography."),
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
        _text("breast", "R, L or both."),
        _text("source", "reader, pathology or registry."),
        _text("birads_assessment", "0, 1, 2, 3, 4, 4A, 4B, 4C, 5 or 6.", nullable=True),
        _flag("recalled", "Whether the woman was recalled.", nullable=True),
        _flag("is_malignant", "Whether cancer was proven.", nullable=True),
        _date("read_date", "When it was read.", nullable=True),
        _time("recorded_at", "When the row was written."),
    ),
)

RUNS = Table(
    "runs",
    "a night's counts, timings and versions",
    ("run_id",),
    (
        RUN_ID,
        _date("list_date", "The list that it worked for."),
        _time("started_at", "Start."),
        _time("finished_at", "End."),
        _text("outcome", "completed or failed."),
        _text("failure", "The stated failure.", nullable=True),
        _whole("n_objects", "Objects in the bucket at the end of the run."),
        _whole("n_scored", "Of them scored."),
        _whole("n_unscorable", "Of them unscorable."),
        _whole("n_rejected", "Of them rejected."),
        _whole("n_pending", "Of them pending."),
        _whole("n_new_objects", "Objects first seen by this run."),
        _whole("n_images_scored", "Images that this run scored."),
        _whole("n_exams_listed", "Exams on the published list."),
        Column(
            "stage_seconds",
            pl.List(pl.Struct({"stage": pl.String(), "seconds": pl.Float64()})),
            "Wall time of each stage, in seconds.",
        ),
        _real(
            "peak_memory_mb",
            "Highest resident memory of the flow and its workers together, in MB.",
        ),
        MODEL_VERSION,
        PREPROCESSING_VERSION,
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
    LABELS,
    OUTCOMES,
    RUNS,
)
