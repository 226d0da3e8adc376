"""Single values of a data set, or a stated reason why they cannot be had.

It never repeats an offending value: on a hostile file it could be anything, a name included.
"""

from collections.abc import Sequence
from typing import Any

from pydicom import Dataset
from pydicom.datadict import dictionary_description

from tasks.errors import Rejected, RejectionReason


def text(dataset: Dataset, keyword: str) -> str | None:
    """The first value of an attribute as upper-case text; None where absent or empty."""
    value = _first(dataset.get(keyword))
    return None if value is None else str(value).strip().upper() or None


def real(dataset: Dataset, keyword: str) -> float | None:
    """The first value of an attribute as a number; None where absent or empty.

    Raises:
        Rejected: If it is no finite number.
    """
    value = _first(dataset.get(keyword))
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise _refusal(keyword) from None
    if not abs(number) < float("inf"):
        raise _refusal(keyword)
    return number


def whole(dataset: Dataset, keyword: str) -> int | None:
    """The first value of an attribute as a whole number; None where absent or empty.

    Raises:
        Rejected: If it is no whole number.
    """
    number = real(dataset, keyword)
    if number is not None and number != int(number):
        raise _refusal(keyword)
    return None if number is None else int(number)


def first_item(dataset: Dataset, keyword: str) -> Dataset | None:
    """The first item of a sequence; None where absent or empty."""
    value = _first(dataset.get(keyword))
    return value if isinstance(value, Dataset) else None


def _first(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return value[0] if value else None
    return value


def _refusal(keyword: str) -> Rejected:
    return Rejected(
        RejectionReason.DAMAGED_PIXELS,
        f"{dictionary_description(keyword)} is not a usable number.",
    )
