"""Mammograms of a few pixels, as bytes, for tests of what headers say."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from pydicom.config import disable_value_validation
from pydicom.uid import ExplicitVRLittleEndian

from tasks.ingest.instances import ReadResult, read_instance
from tasks.ingest.object_store import ObjectSummary
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.synthetic.dicom import build_mammogram_bytes

PSEUDONYMISER = Pseudonymiser(b"k" * 32)
PIXELS = np.arange(12, dtype=np.uint16).reshape(3, 4)


def mammogram(**options: Any) -> bytes:
    """A valid object; options as for `build_mammogram`."""
    with disable_value_validation():
        return build_mammogram_bytes(
            PIXELS, **{"transfer_syntax_uid": ExplicitVRLittleEndian, **options}
        )


def summary_of(data: bytes, object_key: str = "unit-1/1.dcm") -> ObjectSummary:
    return ObjectSummary(object_key, "etag", len(data), datetime(2026, 11, 20, tzinfo=UTC))


def read_bytes(data: bytes, **options: Any) -> ReadResult:
    """Read an object that is held in memory."""
    return read_instance(summary_of(data), lambda n: data[:n], PSEUDONYMISER, **options)


def instance_of(**options: Any) -> dict[str, object]:
    """The row of a mammogram built with these options."""
    instance = read_bytes(mammogram(**options)).instance
    assert instance is not None
    return instance
