"""The exam's report as what any viewer shows: pictures of its pages, and the PDF itself.

Both hold pseudonyms only in what they show; whose they are is in their headers.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from pydicom import Dataset
from pydicom.uid import EncapsulatedPDFStorage, SecondaryCaptureImageStorage

from tasks.publish.dicom.content_items import coded
from tasks.publish.dicom.source import Source
from tasks.publish.dicom.vocabulary import REPORT_TITLE

_PDF = "application/pdf"


def secondary_captures(source: Source, pages: Sequence[bytes]) -> list[Dataset]:
    """Write the report's pages as Secondary Capture images, one each.

    Args:
        source: The exam's result and its originals.
        pages: PNG.

    References:
        DICOM PS3.3 A.8.1.
    """
    return [_capture(source, page, number) for number, page in enumerate(pages, start=1)]


def _capture(source: Source, page: bytes, number: int) -> Dataset:
    picture = cv2.imdecode(np.frombuffer(page, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"Page {number} of the report is no picture.")
    made = source.new_object(SecondaryCaptureImageStorage, "OT", "summary", number)
    made.ConversionType = "WSD"
    made.Laterality, made.PatientOrientation = "", None
    made.ImageType = ["DERIVED", "SECONDARY"]
    made.BurnedInAnnotation = "NO"
    made.SamplesPerPixel, made.PhotometricInterpretation = 3, "RGB"
    made.PlanarConfiguration, made.PixelRepresentation = 0, 0
    made.Rows, made.Columns = picture.shape[:2]
    made.BitsAllocated, made.BitsStored, made.HighBit = 8, 8, 7
    data = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).tobytes()
    made.PixelData = data + b"\0" * (len(data) % 2)
    return made


def encapsulated_pdf(source: Source, document: bytes, title: str) -> Dataset:
    """Write the report as an Encapsulated PDF.

    Args:
        source: The exam's result and its originals.
        document: PDF.
        title: Of the document.

    References:
        DICOM PS3.3 A.45.1.
    """
    made = source.new_object(EncapsulatedPDFStorage, "DOC", "report", 1)
    made.ConversionType = "WSD"
    made.AcquisitionDateTime = None
    made.BurnedInAnnotation = "NO"
    made.DocumentTitle = title
    made.ConceptNameCodeSequence = [coded(REPORT_TITLE)]
    made.MIMETypeOfEncapsulatedDocument = _PDF
    made.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    made.EncapsulatedDocumentLength = len(document)
    made.SourceInstanceSequence = [_reference(header) for header in source.headers.values()]
    return made


def _reference(header: Dataset) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = header.SOPClassUID
    reference.ReferencedSOPInstanceUID = header.SOPInstanceUID
    return reference
