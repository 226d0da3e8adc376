"""The result as a Mammography CAD SR (TID 4000): findings with outlines, for workstations.

It marks what the model found in each image. Scores that only order exams are in the
Measurement Report; a CAD report has no place for them.
"""

from collections.abc import Iterator, Sequence

from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import MammographyCADSRStorage

from tasks.publish.dicom.content_items import (
    ACQUIRED,
    CONTAINS,
    INFERRED,
    MODIFIES,
    PROPERTY,
    SELECTED,
    coded,
)
from tasks.publish.dicom.measurement_report import outline
from tasks.publish.dicom.source import Source
from tasks.publish.dicom.vocabulary import (
    ALGORITHM,
    BREASTS,
    CERTAINTY,
    ENGLISH,
    FINDINGS,
    INDIVIDUAL_IMPRESSION,
    MILLIMETRE,
    OTHER_FINDING,
    PERCENT,
    VIEWS,
)
from tasks.publish.exam_image import ExamImage, Region
from tasks.publish.result import DISCLAIMER

_DCM = codes.DCM
_LIBRARY = 2
"""Place of the Image Library among the root's items; findings refer to its images."""


def cad_report(source: Source) -> Dataset:
    """Write a scored exam as a Mammography CAD SR.

    Args:
        source: The exam's result, with a score, and its originals.

    References:
        DICOM PS3.3 A.35.6 (IOD), PS3.16 TID 4000 and those it includes.
    """
    report = source.new_object(MammographyCADSRStorage, "SR", "CAD SR", 1)
    report.ReferencedPerformedProcedureStepSequence = []
    report.PerformedProcedureCodeSequence = []
    report.CompletionFlag, report.VerificationFlag = "COMPLETE", "UNVERIFIED"
    report.CurrentRequestedProcedureEvidenceSequence = [_evidence(source)]
    report.ManufacturerModelName = ALGORITHM
    report.DeviceSerialNumber = source.result.model_version
    report.ValueType = "CONTAINER"
    report.ConceptNameCodeSequence = [coded(_DCM.MammographyCADReport)]
    report.ContinuityOfContent = "SEPARATE"
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "4000"
    report.ContentTemplateSequence = [template]
    report.ContentSequence = list(_content(source))
    return report


def _content(source: Source) -> Iterator[Dataset]:
    yield MODIFIES.code(_DCM.LanguageOfContentItemAndDescendants, ENGLISH)
    images = [_library_entry(source, image) for image in source.scored]
    yield CONTAINS.container(_DCM.ImageLibrary, images)
    yield _summary(source)
    detections = [CONTAINS.code(_DCM.DetectionPerformed, name, _performed(source))
                  for name in FINDINGS.values()]  # fmt: skip
    successful = INFERRED.container(_DCM.SuccessfulDetections, detections)
    yield CONTAINS.code(_DCM.SummaryOfDetections, _STATUS.Succeeded, [successful])
    yield CONTAINS.code(_DCM.SummaryOfAnalyses, _STATUS.NotAttempted)


_STATUS = codes.CID6042
_RENDERING = codes.CID6034.PresentationRequiredRenderingDeviceIsExpectedToPresent


def _summary(source: Source) -> Dataset:
    impressions = [
        INFERRED.container(INDIVIDUAL_IMPRESSION, [
            MODIFIES.code(_DCM.RenderingIntent, _RENDERING), *findings
        ])
        for findings in (
            [_finding(source, place, region) for place, region in marks]
            for marks in _marks_by_image(source)
        )
        if findings
    ]  # fmt: skip
    outcome = (
        codes.CID6047.AllAlgorithmsSucceededWithFindings
        if impressions
        else codes.CID6047.AllAlgorithmsSucceededWithoutFindings
    )
    described = [
        PROPERTY.text(_DCM.ImpressionDescription, DISCLAIMER["en"]),
        *_algorithm(source),
    ]
    return CONTAINS.code(
        _DCM.CADProcessingAndFindingsSummary, outcome, [*described, *impressions]
    )


def _marks_by_image(source: Source) -> Iterator[Sequence[tuple[int, Region]]]:
    for place, image in enumerate(source.scored, start=1):
        yield [(place, region) for region in image.regions]


def _finding(source: Source, place: int, region: Region) -> Dataset:
    """One mark: what, how certain, where."""
    chosen = SELECTED.reference([1, _LIBRARY, place])
    points = outline(region)
    center = points[:4].mean(axis=0)
    return CONTAINS.code(
        _DCM.SingleImageFinding,
        FINDINGS.get(region.finding, OTHER_FINDING),
        [
            MODIFIES.code(_DCM.RenderingIntent, _RENDERING),
            *_algorithm(source),
            PROPERTY.number(CERTAINTY, 100 * region.score, PERCENT),
            PROPERTY.place(_DCM.Center, "POINT", center.tolist(), [chosen]),
            PROPERTY.place(_DCM.Outline, "POLYLINE", points.ravel().tolist(), [chosen]),
        ],
    )


def _performed(source: Source) -> list[Dataset]:
    """Which algorithm ran, and on which images of the library."""
    ran_on = [
        PROPERTY.reference([1, _LIBRARY, place])
        for place, _ in enumerate(source.scored, start=1)
    ]
    return [*_algorithm(source), *ran_on]


def _algorithm(source: Source) -> list[Dataset]:
    return [
        PROPERTY.text(_DCM.AlgorithmName, ALGORITHM),
        PROPERTY.text(_DCM.AlgorithmVersion, source.result.model_version),
    ]


def _library_entry(source: Source, image: ExamImage) -> Dataset:
    """An image with what a reader of the report needs of its header (TID 4020)."""
    header = source.header_of(image)
    return CONTAINS.image(header, [*_view(image, header), *_dates(header), *_spacing(header)])


def _view(image: ExamImage, header: Dataset) -> Iterator[Dataset]:
    if image.laterality:
        yield ACQUIRED.code(_DCM.ImageLaterality, BREASTS[image.laterality])
    if image.view in VIEWS:
        yield ACQUIRED.code(_DCM.ImageView, VIEWS[image.view], list(_modifiers(header)))
    orientation = header.get("PatientOrientation") or ()
    names = (_DCM.PatientOrientationRow, _DCM.PatientOrientationColumn)
    if len(orientation) == len(names):
        for name, value in zip(names, orientation, strict=True):
            yield ACQUIRED.text(name, str(value))


def _modifiers(header: Dataset) -> Iterator[Dataset]:
    for view in header.get("ViewCodeSequence") or ():
        for code in view.get("ViewModifierCodeSequence") or ():
            value = Code(code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning)
            yield MODIFIES.code(_DCM.ImageViewModifier, value)


def _dates(header: Dataset) -> Iterator[Dataset]:
    for name, keyword in (("Study", "StudyDate"), ("Content", "ContentDate")):
        if value := header.get(keyword):
            yield ACQUIRED.day(getattr(_DCM, f"{name}Date"), value)
        if value := header.get(f"{name}Time"):
            yield ACQUIRED.clock(getattr(_DCM, f"{name}Time"), value)


def _spacing(header: Dataset) -> Iterator[Dataset]:
    spacing = header.get("ImagerPixelSpacing") or header.get("PixelSpacing") or ()
    names = (_DCM.VerticalPixelSpacing, _DCM.HorizontalPixelSpacing)
    if len(spacing) == len(names):
        for name, value in zip(names, spacing, strict=True):
            yield ACQUIRED.number(name, float(value), MILLIMETRE)


def _evidence(source: Source) -> Dataset:
    """The study's images that the report refers to, by series."""
    by_series: dict[str, list[Dataset]] = {}
    for image in source.scored:
        header = source.header_of(image)
        reference = Dataset()
        reference.ReferencedSOPClassUID = header.SOPClassUID
        reference.ReferencedSOPInstanceUID = header.SOPInstanceUID
        by_series.setdefault(str(header.SeriesInstanceUID), []).append(reference)
    study = Dataset()
    study.StudyInstanceUID = source.first.StudyInstanceUID
    study.ReferencedSeriesSequence = []
    for uid, references in by_series.items():
        series = Dataset()
        series.SeriesInstanceUID = uid
        series.ReferencedSOPSequence = references
        study.ReferencedSeriesSequence.append(series)
    return study
