"""Keeps a woman's name or number out of the free text that passes the door.

Units type what they like into Station Name or Institution Name. It knows her only by the same
header, and drops the whole value: what is left of it would tell as much.
"""

import re
import unicodedata
from collections.abc import Mapping

from pydicom import Dataset

from tasks.ingest import values

MIN_NAME_CHARACTERS = 3
MIN_ID_CHARACTERS = 6
"""Shorter parts stand in other words and numbers too."""

MIN_NAMES = 2
"""One name alone is a saint's or a town's: Hospital Santa María, and half of the women."""


def without_echoes(texts: Mapping[str, object], header: Dataset) -> dict[str, object]:
    """Empty the texts that hold the patient's ID or two of her names.

    Args:
        texts: Values to be kept, by column; other than text they pass.
        header: With Patient's Name (0010,0010) and Patient ID (0010,0020).
    """
    names, patient_id = _names(header), _letters(_folded(values.identity(header, "PatientID")))
    return {
        column: "" if isinstance(text, str) and _is_echo(text, names, patient_id) else text
        for column, text in texts.items()
    }


def _is_echo(text: str, names: frozenset[str], patient_id: str) -> bool:
    folded = _folded(text)
    if len(patient_id) >= MIN_ID_CHARACTERS and patient_id in _letters(folded):
        return True
    return sum(name in folded for name in names) >= MIN_NAMES


def _names(header: Dataset) -> frozenset[str]:
    parts = re.split(r"[\W_]+", _folded(values.identity(header, "PatientName")))
    return frozenset(part for part in parts if len(part) >= MIN_NAME_CHARACTERS)


def _letters(folded: str) -> str:
    """Only letters and digits: a RUN is written with and without dots."""
    return re.sub(r"[\W_]+", "", folded)


def _folded(text: str) -> str:
    """Lower case without accents: PEÑA and Pena are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
