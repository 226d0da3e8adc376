"""Errors, classed by what the caller can do about them.

`Rejected` is data, not a failure: its reason becomes a column. Adapters translate the
exceptions of boto3, tritonclient and deltalake at their edge (`raise … from error`).
"""

import unicodedata
from enum import StrEnum


class SmartMammoError(Exception):
    """Any error that this system raises on purpose; the message is a sentence for a person.

    Args:
        parts: Its lines. What they quote of object keys and headers can begin no line of its
            own and steer no terminal.
    """

    def __init__(self, *parts: str) -> None:
        super().__init__("\n".join(one_line(part) for part in parts))


def one_line(text: str) -> str:
    """Write control characters, line separators and surrogates as Python would escape them."""
    return "".join(
        char.encode("unicode_escape").decode()
        if unicodedata.category(char) in _STEERING
        else char
        for char in text
    )


_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Retryable(SmartMammoError):
    """Storage or Triton is away or timed out: the same call may succeed later."""


class ContractViolation(SmartMammoError):
    """Model, schema or configuration disagree: the night stops."""


class Misconfigured(SmartMammoError):
    """A setting is missing or wrong; the message names it and the remedy."""


class RejectionReason(StrEnum):
    """Why an object is set aside. The value is what tables store and pages translate."""

    # Not an image of the campaign: the object is "rejected".
    EMPTY_OBJECT = "empty_object"
    TOO_LARGE = "too_large"
    NOT_DICOM = "not_dicom"
    DAMAGED_HEADER = "damaged_header"
    HEADER_LIMIT = "header_limit"
    WRONG_MODALITY = "wrong_modality"
    NOT_A_MAMMOGRAM = "not_a_mammogram"
    CONTAINER = "container"
    CONTAINER_REFUSED = "container_refused"
    PICTURE = "picture"
    DICOMDIR = "dicomdir"
    DUPLICATE_INSTANCE = "duplicate_instance"
    CONFLICTING_INSTANCE = "conflicting_instance"
    ERASED = "erased"
    # A mammogram of a known exam that cannot be scored: the object is "unscorable".
    FOR_PROCESSING = "for_processing"
    LATERALITY_MISSING = "laterality_missing"
    VIEW_NOT_SCREENING = "view_not_screening"
    MULTI_FRAME = "multi_frame"
    TRUNCATED = "truncated"
    FRAME_SIZE_MISMATCH = "frame_size_mismatch"
    TRANSFER_SYNTAX_UNSUPPORTED = "transfer_syntax_unsupported"
    DAMAGED_PIXELS = "damaged_pixels"
    DECODER_CRASHED = "decoder_crashed"
    DECODER_TIMEOUT = "decoder_timeout"
    NO_BREAST_FOUND = "no_breast_found"
    BURNED_IN_TEXT = "burned_in_text"
    MODEL_REFUSED = "model_refused"


UNSCORABLE_REASONS = frozenset(
    list(RejectionReason)[list(RejectionReason).index(RejectionReason.FOR_PROCESSING) :]
)
"""Reasons that leave the exam on the list, in the unscorable lane or flagged."""


class Rejected(SmartMammoError):
    """This object is set aside.

    Args:
        reason: What tables store.
        detail: One sentence with the offending value; never anything personal.
    """

    def __init__(self, reason: RejectionReason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = one_line(detail)

    def __reduce__(self) -> tuple[type["Rejected"], tuple[RejectionReason, str]]:
        """Survive the way back from a worker process."""
        return (Rejected, (self.reason, self.detail))
