"""One exam's result as a bundle: a DiagnosticReport with an Observation for each score.

It names the woman by her pseudonym only: who receives it must hold the programme's key.

References:
    HL7 FHIR R4 (4.0.1), DiagnosticReport, Observation, Bundle.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from tasks.publish.exam_image import ExamImage, Region
from tasks.publish.fhir.codes import (
    ABSENCE,
    CATEGORIES,
    CODE_SYSTEM,
    EXAM_SYSTEM,
    FINDINGS,
    IMAGE_SYSTEM,
    LOINC,
    PATIENT_SYSTEM,
    SCREENING,
    SECTIONS,
    SIDES,
    SNOMED,
    UCUM,
    concept,
)
from tasks.publish.result import DISCLAIMER, SOFTWARE, ExamResult

_NAMESPACE = uuid.UUID("0b5a3f0e-8f0b-4b0e-9a55-2a0c1e6f5d31")
Resource = dict[str, Any]


def exam_bundle(result: ExamResult, language: str) -> bytes:
    """Write an exam's result as JSON, validated by the models of the standard.

    Args:
        result: Of the exam, scored or not.
        language: Of the conclusion: es or en.
    """
    observations = list(_observations(result))
    urls = [_url(result, "observation", number) for number in range(len(observations))]
    report = _report(result, language, urls)
    entries = [
        (_url(result, "report"), report),
        (_url(result, "patient"), _patient(result)),
        (_url(result, "device"), _device(result)),
        *zip(urls, observations, strict=True),
    ]
    bundle = Bundle.model_validate({
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": {"system": EXAM_SYSTEM, "value": result.exam_key},
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries],
    })  # fmt: skip
    return bundle.model_dump_json(indent=2, exclude_none=True).encode()


def _url(result: ExamResult, *what: object) -> str:
    name = "/".join(map(str, (result.digest, *what)))
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, name)}"


def _patient(result: ExamResult) -> Resource:
    identifier = {"system": PATIENT_SYSTEM, "value": result.patient_key}
    return {"resourceType": "Patient", "identifier": [identifier]}


def _device(result: ExamResult) -> Resource:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": SOFTWARE, "type": "model-name"}],
        "version": [{"value": result.model_version}],
        "note": [{"text": DISCLAIMER["en"]}],
    }


def _report(result: ExamResult, language: str, urls: list[str]) -> Resource:
    return {
        "resourceType": "DiagnosticReport",
        "language": "es-CL" if language == "es" else "en",
        "status": "preliminary",
        "identifier": [{"system": EXAM_SYSTEM, "value": result.exam_key}],
        "category": [concept(SECTIONS, "RAD", "Radiology")],
        "code": concept(LOINC, *SCREENING),
        "subject": {"reference": _url(result, "patient")},
        **_times(result, "issued"),
        "result": [{"reference": url} for url in urls],
        "conclusion": DISCLAIMER[language],
    }


def _times(result: ExamResult, stated: str) -> Resource:
    times: Resource = {}
    if result.exam_date:
        times["effectiveDateTime"] = result.exam_date.isoformat()
    if result.scored_at:
        times[stated] = result.scored_at.isoformat()
    return times


def _observations(result: ExamResult) -> Iterator[Resource]:
    yield from _exam_scores(result)
    for breast in result.breasts:
        if breast.score is not None:
            yield _observation(
                result, "breast_score", _score(breast.score), breast=breast.laterality
            )
    for item in result.images:
        yield from _of_image(result, item.image)


def _exam_scores(result: ExamResult) -> Iterator[Resource]:
    if result.scores is None:
        reasons = sorted({item.image.reason or item.image.state for item in result.images})
        absent = concept(ABSENCE, "not-performed") | {"text": ", ".join(reasons)}
        yield _observation(result, "exam_score", {"dataAbsentReason": absent})
        return
    probability = 100 * float(result.scores["calibrated_score"])
    yield _observation(result, "exam_score", _score(result.scores["exam_score"]))
    yield _observation(
        result, "calibrated_score", _quantity(probability, "%", "%"), method=_method(result)
    )
    yield _observation(result, "band", {"valueInteger": result.scores["band"]})


def _method(result: ExamResult) -> Resource:
    fitted = result.calibration
    words = f"Calibration {fitted.calibration_id}: {fitted.data}" if fitted else "Calibration"
    return {"method": {"text": words}}


def _of_image(result: ExamResult, image: ExamImage) -> Iterator[Resource]:
    if image.malignancy_score is None:
        return
    facts = {"derivedFrom": [_image(image)]}
    yield _observation(
        result,
        "malignancy_score",
        _score(image.malignancy_score),
        breast=image.laterality,
        method=facts,
    )
    for region in image.regions:
        yield _observation(
            result, "region", _region(region), breast=image.laterality, method=facts
        )


def _image(image: ExamImage) -> Resource:
    identifier = {"system": IMAGE_SYSTEM, "value": image.sop_instance_key}
    return {"type": "ImagingStudy", "identifier": identifier, "display": image.name or ""}


def _region(region: Region) -> Resource:
    """What was found, its score, and the box in pixels of the original image."""
    edges = ("top_px", "left_px", "height_px", "width_px")
    components = [
        {"code": concept(CODE_SYSTEM, name), "valueInteger": getattr(region, name)}
        for name in edges
    ]
    score = {"code": concept(CODE_SYSTEM, "region_score"), **_score(region.score)}
    found = FINDINGS.get(region.finding)
    value = concept(SNOMED, *found) if found else {"text": region.finding}
    return {"valueCodeableConcept": value, "component": [score, *components]}


def _observation(
    result: ExamResult,
    code: str,
    value: Mapping[str, Any],
    *,
    breast: str | None = None,
    method: Mapping[str, Any] | None = None,
) -> Resource:
    site = {"bodySite": concept(SNOMED, *SIDES[breast])} if breast else {}
    return {
        "resourceType": "Observation",
        "status": "preliminary",
        "category": [concept(CATEGORIES, "imaging", "Imaging")],
        "code": concept(CODE_SYSTEM, code),
        "subject": {"reference": _url(result, "patient")},
        "device": {"reference": _url(result, "device")},
        **_times(result, "issued"),
        **site,
        **value,
        **(method or {}),
    }


def _score(value: float) -> Resource:
    return _quantity(float(value), "1", "1")


def _quantity(value: float, unit: str, code: str) -> Resource:
    quantity = {"value": round(value, 4), "unit": unit, "system": UCUM, "code": code}
    return {"valueQuantity": quantity}
