"""Tables of what the bucket holds: objects, the images that they are, and their network inputs.

They stand among all the others in `tasks.lake.schemas`.
"""

import polars as pl

from tasks.lake.columns import (
    AGE,
    ETAG,
    EXAM_DATE,
    EXAM_KEY,
    MANUFACTURER,
    MANUFACTURER_MODEL_NAME,
    PATIENT_KEY,
    PREPROCESSING_VERSION,
    RUN_ID,
    SITE,
    SOFTWARE_VERSIONS,
    SOP_INSTANCE_KEY,
    Column,
    Table,
    flag,
    real,
    text,
    timestamp,
    whole,
)

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
        timestamp("changed_at", "When the state last changed, or the object came back."),
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
            default="none",
        ),
        flag(
            "is_synthetic_2d",
            "Whether the view was computed from a tomosynthesis rather than exposed.",
            default=False,
        ),
        flag("is_partial_view", "Whether Partial View (0028,1350) is YES.", default=False),
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

_OF_QUALITY = (
    "sop_instance_key", "preprocessing_version", "etag", "exam_key", "pixels_sha256",
    "is_flipped", "quality_flags",
)  # fmt: skip

IMAGE_QUALITY = Table(
    "image_quality",
    "what quality is told from of a row of `images`, without pixels: to be read whole",
    IMAGES.key,
    tuple(column for column in IMAGES.columns if column.name in _OF_QUALITY),
)
"""Written before `images`, so that no row of those lacks its own."""
