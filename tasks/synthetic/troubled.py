"""Writes an exam's objects with one kind of trouble among them.

One maker a kind; the kinds, and which exams they hit, are declared in `trouble`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from pydicom.uid import UID, CTImageStorage, UltrasoundImageStorage

from tasks.errors import UNSCORABLE_REASONS, RejectionReason
from tasks.synthetic.dicom import code_item, make_uid
from tasks.synthetic.exams import GeneratedImage
from tasks.synthetic.trouble import GeneratedObject, Trouble
from tasks.synthetic.truth import ImageTruth


def clean_objects(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    """Write images as they are."""
    return [
        GeneratedObject(image.truth.object_key, image.encode(), truth=image.truth)
        for image in images
    ]


def troubled_objects(
    images: Sequence[GeneratedImage], trouble: Trouble
) -> list[GeneratedObject]:
    """Write the four images of an exam with a kind of trouble among them."""
    return [
        replace(generated, trouble=trouble)
        if generated.expected_reason or trouble in _CHANGES_NO_STATE
        else generated
        for generated in _MAKERS[trouble](images)
    ]


_CHANGES_NO_STATE = (Trouble.THREE_VIEWS, Trouble.MONOCHROME1)


def _set_aside(
    object_key: str, data: bytes, reason: RejectionReason, truth: ImageTruth | None = None
) -> GeneratedObject:
    state = "unscorable" if reason in UNSCORABLE_REASONS else "rejected"
    return GeneratedObject(object_key, data, state, reason, truth)


def _extra_key(images: Sequence[GeneratedImage], suffix: str = "dcm") -> str:
    """A fifth object in the exam's folder; it is listed after the four images."""
    return images[0].truth.object_key.rsplit("/", 1)[0] + f"/5.{suffix}"


def _truncate(generated: GeneratedObject, share: float) -> GeneratedObject:
    data = generated.data[: int(len(generated.data) * share)]
    return _set_aside(generated.object_key, data, RejectionReason.TRUNCATED, generated.truth)


def _truncated(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    first, *others = clean_objects(images)
    return [_truncate(first, 0.6), *others]


def _exam_damaged(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    return [_truncate(generated, 0.4) for generated in clean_objects(images)]


def _with_bytes(
    suffix: str, data: bytes, reason: RejectionReason
) -> Callable[[Sequence[GeneratedImage]], list[GeneratedObject]]:
    """A maker that puts a foreign file beside the images."""

    def make(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
        extra = _set_aside(_extra_key(images, suffix), data, reason)
        return [*clean_objects(images), extra]

    return make


def _with_modality(
    modality: str, sop_class_uid: UID
) -> Callable[[Sequence[GeneratedImage]], list[GeneratedObject]]:
    """A maker that puts an image of another modality beside the mammograms."""

    def make(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
        data = _small(images[0]).encode(
            SOPClassUID=sop_class_uid,
            SOPInstanceUID=make_uid(images[0].truth.sop_instance_uid, modality),
            Modality=modality,
            PresentationIntentType=None,
            ImageLaterality=None,
            ViewPosition=None,
            ViewCodeSequence=None,
            PositionerType=None,
        )
        extra = _set_aside(_extra_key(images), data, RejectionReason.WRONG_MODALITY)
        return [*clean_objects(images), extra]

    return make


def _for_processing(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    """The detector's own values beside one of the images."""
    image, bits = images[0], images[0].options["BitsStored"]
    raw = replace(image, stored_values=np.uint16((1 << bits) - 1) - image.stored_values)
    data = raw.encode(
        SOPInstanceUID=make_uid(image.truth.sop_instance_uid, "raw"),
        PresentationIntentType="FOR PROCESSING",
        ImageType=["ORIGINAL", "PRIMARY", ""],
        PixelIntensityRelationship="LIN",
        PixelIntensityRelationshipSign=1,
        **dict.fromkeys(_VOI_KEYWORDS),
    )
    extra = _set_aside(_extra_key(images), data, RejectionReason.FOR_PROCESSING)
    return [*clean_objects(images), extra]


_VOI_KEYWORDS = (
    "WindowCenter",
    "WindowWidth",
    "WindowCenterWidthExplanation",
    "VOILUTFunction",
    "VOILUTSequence",
)


def _magnification(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    """A magnified part of a view, which is not a screening view (CID 4015)."""
    view = code_item("399162004", "SCT", "cranio-caudal")
    view.ViewModifierCodeSequence = [code_item("399163009", "SCT", "Magnification")]
    uid = make_uid(images[0].truth.sop_instance_uid, "magnification")
    data = _small(images[0]).encode(SOPInstanceUID=uid, ViewCodeSequence=[view])
    extra = _set_aside(_extra_key(images), data, RejectionReason.VIEW_NOT_SCREENING)
    return [*clean_objects(images), extra]


def _small(image: GeneratedImage) -> GeneratedImage:
    """The middle of an image, a quarter of its height and width."""
    rows, columns = image.stored_values.shape
    middle = image.stored_values[
        3 * rows // 8 : 5 * rows // 8, 3 * columns // 8 : 5 * columns // 8
    ]
    return replace(image, stored_values=np.ascontiguousarray(middle))


def _three_views(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    return clean_objects(images[:-1])


def _monochrome1(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    """The same picture with bright as low; nothing changes where the unit always writes so."""
    return [
        GeneratedObject(image.truth.object_key, _encode_inverted(image), truth=image.truth)
        for image in images
    ]


def _encode_inverted(image: GeneratedImage) -> bytes:
    options = image.options
    if options["PhotometricInterpretation"] == "MONOCHROME1":
        return image.encode()
    highest = (1 << options["BitsStored"]) - 1
    shift = int(options["VOILUTFunction"] == "LINEAR")
    inverted = replace(image, stored_values=np.uint16(highest) - image.stored_values)
    overrides: dict[str, Any] = {
        "PhotometricInterpretation": "MONOCHROME1",
        "WindowCenter": [highest + shift - center for center in options["WindowCenter"]],
        "VOILUTSequence": None,
    }
    return inverted.encode(**overrides)


def _duplicate(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    objects = clean_objects(images)
    reason = RejectionReason.DUPLICATE_INSTANCE
    return [*objects, _set_aside(_extra_key(images), objects[0].data, reason)]


def _laterality_missing(images: Sequence[GeneratedImage]) -> list[GeneratedObject]:
    first = images[0]
    data = first.encode(ImageLaterality=None)
    reason = RejectionReason.LATERALITY_MISSING
    return [
        _set_aside(first.truth.object_key, data, reason, first.truth),
        *clean_objects(images[1:]),
    ]


_MAKERS: dict[Trouble, Callable[[Sequence[GeneratedImage]], list[GeneratedObject]]] = {
    Trouble.TRUNCATED: _truncated,
    Trouble.NOT_DICOM: _with_bytes("dcm", b"Examen repetido.\n", RejectionReason.NOT_DICOM),
    Trouble.PDF_REPORT: _with_bytes(
        "pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", RejectionReason.NOT_DICOM
    ),
    Trouble.EMPTY_OBJECT: _with_bytes("dcm", b"", RejectionReason.EMPTY_OBJECT),
    Trouble.ULTRASOUND: _with_modality("US", UltrasoundImageStorage),
    Trouble.COMPUTED_TOMOGRAPHY: _with_modality("CT", CTImageStorage),
    Trouble.FOR_PROCESSING: _for_processing,
    Trouble.MAGNIFICATION: _magnification,
    Trouble.THREE_VIEWS: _three_views,
    Trouble.MONOCHROME1: _monochrome1,
    Trouble.DUPLICATE: _duplicate,
    Trouble.LATERALITY_MISSING: _laterality_missing,
    Trouble.EXAM_DAMAGED: _exam_damaged,
}
