"""What the system makes of one file: the night's own reading, told fact by fact.

It takes the night's way through header and pixels, and keeps nothing that names a person.
"""

import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from pydicom import Dataset

from tasks.errors import Rejected
from tasks.ingest import values
from tasks.ingest.header import DEFAULT_LIMITS, HeaderLimits, read_header
from tasks.ingest.instances import ReadResult, read_instance
from tasks.ingest.laterality import is_on_wrong_side
from tasks.ingest.manufacturers import find_rule
from tasks.ingest.object_store import ObjectSummary
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.preprocess import reading
from tasks.preprocess.attributes import first_item, real, text, whole
from tasks.preprocess.codecs import CODECS, decode
from tasks.preprocess.geometry import Geometry
from tasks.preprocess.quality import Quality, quality_columns
from tasks.preprocess.reading import ReadLimits, read_dataset
from tasks.preprocess.transform import PREPROCESSING_VERSION, NetworkInput, prepare
from tasks.preprocess.values import StoredValues, is_inverted

Facts = dict[str, Any]

ACCEPTED, REJECTED = "accepted", "rejected"

_OF_INSTANCE = (
    "sop_class_uid",
    "presentation_intent_type",
    "image_laterality",
    "image_laterality_source",
    "view_position",
    "view_position_source",
    "view_modifiers",
    "chest_wall_side",
    "chest_wall_side_source",
    "is_synthetic_2d",
    "is_partial_view",
    "has_implant",
    "manufacturer",
    "manufacturer_model_name",
    "software_versions",
    "rows",
    "columns",
    "bits_stored",
    "photometric_interpretation",
    "imager_pixel_spacing_mm",
)
"""Of the columns of `instances` those that name neither person, date nor place."""

FACTS = (
    *("state", "reason", "detail", "transfer_syntax_uid", "decoder"),
    *_OF_INSTANCE,
    "manufacturer_rules",
    *("voi", "window_center", "window_width", "is_inverted", "is_signed"),
    "pixel_padding_value",
    *(field.name for field in fields(Geometry)),
    *("is_on_wrong_side", "breast_area_fraction"),
    *(field.name for field in fields(Quality)),
    *("preprocessing_version", "network_input_sha256"),
)
"""Every fact's name, in the order in which they are told."""

_LISTED_AT = datetime(1970, 1, 1, tzinfo=UTC)
_NOBODYS = Pseudonymiser(bytes(32))
"""Its pseudonyms are thrown away."""


@dataclass(frozen=True)
class Pixels:
    """An accepted file's pixels.

    Args:
        dataset: The attributes that pixels need.
        stored: Its stored values.
        network_input: What the network is given.
    """

    dataset: Dataset
    stored: StoredValues
    network_input: NetworkInput


@dataclass(frozen=True)
class Inspection:
    """What was made of a file.

    Args:
        facts: By name; the same names whatever the file is.
        pixels: None where the file is rejected.
    """

    facts: Facts
    pixels: Pixels | None = None


def inspect_bytes(
    data: bytes,
    header_limits: HeaderLimits = DEFAULT_LIMITS,
    read_limits: ReadLimits = reading.DEFAULT_LIMITS,
) -> Inspection:
    """Read a file as a night does, and say what was found; a flaw becomes a fact.

    Args:
        data: The whole file.
        header_limits: What it may ask for at the door.
        read_limits: What it may ask for on its way to the network input.
    """
    facts = dict.fromkeys(FACTS) | {"state": ACCEPTED}
    pixels = None
    try:
        header = read_header(lambda n_bytes: data[:n_bytes], len(data), header_limits)
        facts |= _syntax_facts(header)
        result = _read(data, header_limits)
        facts |= _instance_facts(header, result.instance or {})
        if result.reason is not None:
            raise Rejected(result.reason, result.detail or "")  # noqa: TRY301 - as those below
        dataset = read_dataset(data, read_limits)
        facts |= _value_facts(dataset)
        stored = decode(dataset, read_limits.max_frame_pixels)
        made = prepare(dataset, stored)
        facts |= _pixel_facts(made, facts["chest_wall_side"])
        pixels = Pixels(dataset, stored, made)
    except Rejected as error:
        facts |= {"state": REJECTED, "reason": error.reason.value, "detail": error.detail}
    return Inspection(facts, pixels)


def _read(data: bytes, limits: HeaderLimits) -> ReadResult:
    summary = ObjectSummary("", "", len(data), _LISTED_AT)
    return read_instance(summary, lambda n_bytes: data[:n_bytes], _NOBODYS, limits)


def _syntax_facts(header: Dataset) -> Facts:
    syntax = header.file_meta.TransferSyntaxUID
    codec = CODECS.get(syntax)
    return {
        "transfer_syntax_uid": values.text(header.file_meta, "TransferSyntaxUID"),
        "decoder": codec.name if codec else None,
    }


def _instance_facts(header: Dataset, instance: Facts) -> Facts:
    facts = {name: instance[name] for name in _OF_INSTANCE if name in instance}
    return facts | {"manufacturer_rules": _rules_applied(header, facts)}


def _rules_applied(header: Dataset, facts: Facts) -> list[str]:
    """The conventions of the manufacturer that decided something, by field of its rule."""
    rule = find_rule(header)
    applied = list[str]()
    if facts.get("chest_wall_side_source") == "field_of_view_horizontal_flip":
        applied.append(f"{rule.name}: has_flipped_pixels")
    if facts.get("is_synthetic_2d") and "GENERATED_2D" not in values.codes(header, "ImageType"):
        applied.append(f"{rule.name}: synthetic_2d_names")
    return applied


def _value_facts(dataset: Dataset) -> Facts:
    """From which attributes stored values become display values."""
    center, width = real(dataset, "WindowCenter"), real(dataset, "WindowWidth")
    if first_item(dataset, "VOILUTSequence") is not None:
        voi = "voi_lut_sequence"
    elif center is None or width is None:
        voi = "range_of_values"
    else:
        voi = text(dataset, "VOILUTFunction") or "LINEAR"
    return {
        "voi": voi.lower(),
        "window_center": center,
        "window_width": width,
        "is_inverted": is_inverted(dataset),
        "is_signed": whole(dataset, "PixelRepresentation") == 1,
        "pixel_padding_value": whole(dataset, "PixelPaddingValue"),
    }


def _pixel_facts(made: NetworkInput, chest_wall_side: str | None) -> Facts:
    is_right = made.geometry.is_flipped
    return {
        **vars(made.geometry),
        "is_on_wrong_side": is_on_wrong_side(chest_wall_side, is_chest_wall_right=is_right),
        "breast_area_fraction": round(made.breast_area_fraction, 4),
        **quality_columns(made.quality),
        "preprocessing_version": PREPROCESSING_VERSION,
        "network_input_sha256": hashlib.sha256(made.pixels.tobytes()).hexdigest(),
    }
