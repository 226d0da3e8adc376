"""The row of `instances` for an image of a published set.

What the set's tables say outranks the file's header, which publishers strip; dates, which they
shift, stay empty.
"""

from typing import Any

from pydicom import Dataset

from tasks.datasets.keys import ImageJob, keys_of, pseudonymiser_of
from tasks.datasets.records import ImageRecord
from tasks.ingest import values

Row = dict[str, Any]


def make_instance(job: ImageJob, header: Dataset, etag: str) -> Row:
    """The row.

    Args:
        job: The image.
        header: Of its file, or the attributes of a picture.
        etag: Stands for the file's bytes.
    """
    record = job.record
    series = values.identity(header, "SeriesInstanceUID") or record.exam_id
    return {
        **keys_of(job),
        "series_key": pseudonymiser_of(job.card.name).series_key(series),
        "object_key": record.object_key,
        "etag": etag,
        "image_laterality": record.laterality,
        "image_laterality_source": "data_set" if record.laterality else "none",
        "view_position": record.view,
        "view_position_source": "data_set" if record.view else "none",
        "view_modifiers": "",
        "chest_wall_side": None,
        "chest_wall_side_source": "none",
        "is_synthetic_2d": False,
        "is_partial_view": False,
        **_equipment(record, header),
        **_pixel_facts(record, header),
    }


def _equipment(record: ImageRecord, header: Dataset) -> Row:
    return {
        "manufacturer": values.text(header, "Manufacturer") or record.manufacturer,
        "manufacturer_model_name": values.text(header, "ManufacturerModelName"),
        "software_versions": values.text(header, "SoftwareVersions"),
        "site": values.text(header, "StationName") or record.site,
        "exam_date": None,  # published sets shift or drop their dates
        "acquired_at": None,
        "patient_age_years": record.age_years,
        "has_implant": record.has_implant,
    }


def _pixel_facts(record: ImageRecord, header: Dataset) -> Row:
    meta = getattr(header, "file_meta", Dataset())
    return {
        "sop_class_uid": values.identity(header, "SOPClassUID"),
        "transfer_syntax_uid": values.text(meta, "TransferSyntaxUID"),
        "presentation_intent_type": values.code(header, "PresentationIntentType")
        or "FOR PRESENTATION",
        "rows": int(header.Rows),
        "columns": int(header.Columns),
        "bits_stored": int(header.BitsStored),
        "photometric_interpretation": values.code(header, "PhotometricInterpretation"),
        "imager_pixel_spacing_mm": values.real(header, "ImagerPixelSpacing")
        or record.spacing_mm,
    }
