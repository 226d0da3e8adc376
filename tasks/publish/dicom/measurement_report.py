"""The result as a Measurement Report (TID 1500): scores of exam, breast and image, and regions.

Regions lie on the original images, in their own pixels. It is a Comprehensive SR.
"""

from collections.abc import Iterator

import numpy as np
from highdicom import sr
from highdicom.sr import CodedConcept
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from tasks.publish.dicom.source import SERIES_NUMBERS, Source
from tasks.publish.dicom.vocabulary import (
    ALGORITHM,
    BAND,
    BAND_UNIT,
    BREAST,
    BREAST_SCORE,
    CERTAINTY,
    ENGLISH,
    EXAM_SCORE,
    FINDINGS,
    IMAGE_SCORE,
    MAMMOGRAPHY,
    NO_UNITS,
    OTHER_FINDING,
    PERCENT,
    PROBABILITY,
    SIDES,
)
from tasks.publish.exam_image import ExamImage, Region
from tasks.publish.result import DISCLAIMER, SOFTWARE, BreastResult

_SERIES = "SR"
Group = (
    sr.MeasurementsAndQualitativeEvaluations | sr.PlanarROIMeasurementsAndQualitativeEvaluations
)


def measurement_report(source: Source) -> Dataset:
    """Write a scored exam as a Comprehensive SR.

    Args:
        source: The exam's result, with a score, and its originals.

    References:
        DICOM PS3.16 TID 1500, TID 1501 (groups), TID 1410 (regions).
    """
    content = sr.MeasurementReport(
        observation_context=_context(source),
        procedure_reported=MAMMOGRAPHY,
        imaging_measurements=list(_groups(source)),
        title=codes.DCM.ImagingMeasurementReport,
        language_of_content_item_and_descendants=sr.LanguageOfContentItemAndDescendants(
            CodedConcept.from_code(ENGLISH)
        ),
    )
    report = sr.ComprehensiveSR(
        evidence=[source.header_of(image) for image in source.scored],
        content=content[0],
        series_instance_uid=source.uid(_SERIES, "series"),
        series_number=SERIES_NUMBERS[_SERIES],
        sop_instance_uid=source.uid(_SERIES, 1),
        instance_number=1,
        manufacturer=SOFTWARE,
        is_complete=True,
        is_final=False,
        series_description=f"{SOFTWARE} {_SERIES}",
    )
    source.complete(report)
    return report


def _context(source: Source) -> sr.ObservationContext:
    device = sr.DeviceObserverIdentifyingAttributes(
        uid=source.uid("device", source.result.model_version),
        name=SOFTWARE,
        manufacturer_name=SOFTWARE,
        model_name=f"model {source.result.model_version}",
        role_in_procedure=None,
    )
    observer = sr.ObserverContext(codes.DCM.Device, device)
    return sr.ObservationContext(observer_device_context=observer)


def _groups(source: Source) -> Iterator[Group]:
    yield _exam_group(source)
    for breast in source.result.breasts:
        if breast.score is not None:
            yield _breast_group(source, breast)
    for image in source.scored:
        yield _image_group(source, image)
        for number, region in enumerate(image.regions, start=1):
            yield _region_group(source, image, number, region)


def _exam_group(source: Source) -> Group:
    scores = source.result.scores or {}
    measurements = [
        _measure(EXAM_SCORE, scores["exam_score"], NO_UNITS),
        _measure(PROBABILITY, 100 * scores["calibrated_score"], PERCENT),
        _measure(BAND, scores["band"], BAND_UNIT),
    ]
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(source, "exam"),
        algorithm_id=_algorithm(source),
        finding_sites=[sr.FindingSite(BREAST)],
        measurements=measurements,
    )


def _breast_group(source: Source, breast: BreastResult) -> Group:
    speaking = [item.image for item in breast.images if item.image in source.scored]
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(source, f"breast {breast.laterality}"),
        algorithm_id=_algorithm(source),
        finding_sites=[_site(breast.laterality)],
        measurements=[_measure(BREAST_SCORE, breast.score or 0.0, NO_UNITS)],
        source_images=[_group_image(source, image) for image in speaking],
    )


def _image_group(source: Source, image: ExamImage) -> Group:
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(source, f"image {image.name} {image.sop_instance_key}"),
        algorithm_id=_algorithm(source),
        finding_sites=[_site(image.laterality)],
        measurements=[_measure(IMAGE_SCORE, image.malignancy_score or 0.0, NO_UNITS)],
        source_images=[_group_image(source, image)],
    )


def _region_group(source: Source, image: ExamImage, number: int, region: Region) -> Group:
    header = source.header_of(image)
    place = sr.ImageRegion(
        graphic_type=sr.GraphicTypeValues.POLYLINE,
        graphic_data=outline(region),
        source_image=sr.SourceImageForRegion(header.SOPClassUID, header.SOPInstanceUID),
    )
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(source, f"region {image.sop_instance_key} {number}"),
        referenced_region=place,
        finding_type=FINDINGS.get(region.finding, OTHER_FINDING),
        algorithm_id=_algorithm(source),
        finding_sites=[_site(image.laterality)],
        measurements=[_measure(CERTAINTY, 100 * region.score, PERCENT)],
    )


def outline(region: Region) -> np.ndarray:
    """The closed outline of a box.

    Returns:
        [5, 2] column and row; (0, 0) is the outer corner of the first pixel, so that a box of
        whole pixels has whole numbers.

    References:
        DICOM PS3.3 C.18.6.1.1, Graphic Data.
    """
    left, top = region.left_px, region.top_px
    right, bottom = left + region.width_px, top + region.height_px
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return np.array(corners, dtype=np.float64)


def _measure(name: Code, value: float, unit: Code) -> sr.Measurement:
    return sr.Measurement(name=name, value=round(float(value), 4), unit=unit)


def _algorithm(source: Source) -> sr.AlgorithmIdentification:
    calibration = source.result.calibration
    return sr.AlgorithmIdentification(
        name=ALGORITHM,
        version=source.result.model_version,
        parameters=[
            DISCLAIMER["en"],
            *([f"calibration {calibration.calibration_id}"] if calibration else []),
        ],
    )


def _tracking(source: Source, what: str) -> sr.TrackingIdentifier:
    return sr.TrackingIdentifier(uid=source.uid("tracking", what), identifier=what)


def _site(laterality: str | None) -> sr.FindingSite:
    return sr.FindingSite(BREAST, laterality=SIDES.get(laterality or ""))


def _group_image(source: Source, image: ExamImage) -> sr.SourceImageForMeasurementGroup:
    header = source.header_of(image)
    return sr.SourceImageForMeasurementGroup(header.SOPClassUID, header.SOPInstanceUID)
