"""Single values of a header, clean and bounded: a hostile file may write anything there.

It repeats no value in a message, and knows no meaning.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from pydicom import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

MAX_TEXT = 64
"""Characters of DICOM's Long String; longer ones are cut."""


def text(dataset: Dataset, keyword: str, max_length: int = MAX_TEXT) -> str:
    r"""An attribute as one clean line, its values joined by a backslash; "" where absent."""
    value = dataset.get(keyword)
    parts: Iterable[Any] = value if isinstance(value, MultiValue | list) else [value]
    return "\\".join(_clean(str(part)) for part in parts if part is not None)[:max_length]


def code(dataset: Dataset, keyword: str) -> str:
    """The first value of a coded attribute in upper case; "" where absent."""
    return text(dataset, keyword).split("\\", maxsplit=1)[0].upper()


def codes(dataset: Dataset, keyword: str) -> list[str]:
    """Every value of a coded attribute in upper case; none where absent."""
    return [value for value in text(dataset, keyword).upper().split("\\") if value]


def identity(dataset: Dataset, keyword: str) -> str:
    """A UID or ID exactly as written but for padding: it is only ever made a pseudonym."""
    value = dataset.get(keyword)
    return "" if value is None else str(value).strip(" \0")


def uid(dataset: Dataset, keyword: str) -> str:
    """A UID that is one; "" where it is absent or other text."""
    value = identity(dataset, keyword)
    return value if re.fullmatch(r"[\d.]{1,64}", value) else ""


def whole(dataset: Dataset, keyword: str) -> int | None:
    """The first value of an attribute as a whole number; None where there is none."""
    number = real(dataset, keyword)
    return int(number) if number is not None and number.is_integer() else None


def real(dataset: Dataset, keyword: str) -> float | None:
    """The first value of an attribute as a finite number; None where there is none."""
    value = dataset.get(keyword)
    if isinstance(value, MultiValue | list):
        value = value[0] if value else None
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def day(dataset: Dataset, keyword: str) -> date | None:
    """A date (DA: YYYYMMDD); None where there is none."""
    digits = text(dataset, keyword)[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def clock(dataset: Dataset, keyword: str) -> time | None:
    """A time of day (TM: HHMMSS.FFFFFF, from the right optional) to the second."""
    digits = text(dataset, keyword).split(".")[0]
    if not digits:
        return None
    try:
        hours, minutes, seconds = (int(digits[at : at + 2] or 0) for at in (0, 2, 4))
        return time(hours, minutes, min(seconds, 59))  # 60 is a leap second
    except ValueError:
        return None


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; none where it is absent or not a sequence."""
    value = dataset.get(keyword)
    return list(value) if isinstance(value, Sequence) else []


def _clean(value: str) -> str:
    """Drop control characters and surrogates, and squeeze white space."""
    kept = (" " if char.isspace() else char for char in value)
    printable = "".join(char for char in kept if unicodedata.category(char)[0] != "C")
    return " ".join(printable.split())
