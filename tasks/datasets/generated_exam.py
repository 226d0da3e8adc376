"""One generated exam to rows: rendered, written as DICOM in memory, read and preprocessed.

It runs in a worker process and takes the way of the night: the same header reader, the same
transform. It knows no lake and no trouble.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydicom.uid import ExplicitVRLittleEndian

from models.contract import LATERALITIES, VIEWS
from tasks.errors import ContractViolation
from tasks.ingest.instances import read_instance
from tasks.ingest.object_store import ObjectSummary
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.preprocess.quality import quality_columns
from tasks.preprocess.transform import PREPROCESSING_VERSION, make_network_input
from tasks.synthetic.exams import GeneratedImage, generate_image, plan_exam
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.truth import ImageTruth, LesionTruth

PSEUDONYMISER = Pseudonymiser(b"generated women have nothing to protect")
"""A public key: the same exam has the same keys on every machine."""

_WRITTEN_AT = datetime(2026, 1, 1, tzinfo=UTC)  # objects that are never stored have no time

Row = dict[str, Any]


@dataclass(frozen=True)
class ExamJob:
    """One exam of a plan."""

    plan: CampaignPlan
    index: int


@dataclass(frozen=True)
class ExamRows:
    """An exam's rows of each table; the same instances in each."""

    instances: list[Row]
    images: list[Row]
    labels: list[Row]


def exam_key_of(plan: CampaignPlan, index: int) -> str:
    """The exam's key, without making its pixels."""
    return PSEUDONYMISER.exam_key(plan_exam(plan, index).study_instance_uid)


def make_exam(job: ExamJob) -> ExamRows:
    """Generate an exam's four views and take each to its rows."""
    exam = plan_exam(job.plan, job.index)
    rows = ExamRows([], [], [])
    for laterality in LATERALITIES:
        for view in VIEWS:
            image = generate_image(job.plan, exam, laterality, view)
            instance, network_input = _read(image)
            rows.instances.append(instance)
            rows.images.append(network_input)
            rows.labels.append(_label(image.truth, instance, source_of(job.plan)))
    return rows


def source_of(plan: CampaignPlan) -> str:
    """What `labels.source` says of a plan's images."""
    return f"generated-{plan.seed}"


def _read(image: GeneratedImage) -> tuple[Row, Row]:
    """The instance and the network input, as the night makes them from an object."""
    # Every syntax of a plan is lossless: the raw one gives the same pixels, fastest.
    data = image.encode(transfer_syntax_uid=ExplicitVRLittleEndian)
    sha256 = hashlib.sha256(data).hexdigest()
    summary = ObjectSummary(image.truth.object_key, sha256[:32], len(data), _WRITTEN_AT)
    result = read_instance(summary, lambda n_bytes: data[:n_bytes], PSEUDONYMISER)
    if result.instance is None or result.reason is not None:
        raise ContractViolation(
            f"The generated object {summary.object_key} cannot be scored: {result.detail}"
        )
    return result.instance, _network_input(data, sha256, result.instance)


def _network_input(data: bytes, sha256: str, instance: Mapping[str, Any]) -> Row:
    network_input = make_network_input(data)
    pixels = network_input.pixels.tobytes()
    return {
        **{name: instance[name] for name in ("sop_instance_key", "exam_key", "etag")},
        "preprocessing_version": PREPROCESSING_VERSION,
        "object_sha256": sha256,
        "pixels": pixels,
        "pixels_sha256": hashlib.sha256(pixels).hexdigest(),
        **vars(network_input.geometry),
        "breast_area_fraction": network_input.breast_area_fraction,
        **quality_columns(network_input.quality),
        "run_id": "generated",
    }


def _label(truth: ImageTruth, instance: Mapping[str, Any], source: str) -> Row:
    worst = truth.worst_lesion
    return {
        **{name: instance[name] for name in ("sop_instance_key", "exam_key", "patient_key")},
        "source": source,
        "split": None,
        "image_laterality": truth.image_laterality,
        "is_malignant": truth.is_malignant,
        "finding": worst.finding if worst else "no_finding",
        "assessment": worst.assessment if worst else "no_finding",
        "breast_density": truth.breast_density,
        "provenance": "generated",
        "is_film": False,
        "regions": [_region(lesion) for lesion in truth.lesions],
    }


def _region(lesion: LesionTruth) -> Row:
    """The box with its finding class, as `models.contract.FINDING_CLASSES` names it."""
    return {
        "top_px": lesion.top_px,
        "left_px": lesion.left_px,
        "height_px": lesion.height_px,
        "width_px": lesion.width_px,
        "finding": f"{lesion.finding}_{lesion.assessment}",
        "score": float(lesion.is_malignant),
    }
