"""Modality and VOI look-up tables, as a header's sequence item holds them.

A table that contradicts itself is refused, not guessed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import ExplicitVRBigEndian

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.windows import ModalityValues


@dataclass(frozen=True)
class LookupTable:
    """A Modality or VOI LUT.

    Args:
        entries: [n], the outputs.
        first_value: The input that maps to the first entry; lower ones do too.
        full_scale: The greatest output that an entry can hold.
    """

    entries: NDArray[np.uint16]
    first_value: int
    full_scale: int

    def map(self, values: ModalityValues) -> ModalityValues:
        """Look values up; those beyond either end take the end's entry."""
        places = np.clip(values - self.first_value, 0, self.entries.size - 1).astype(np.intp)
        return self.entries[places].astype(np.float64)


def read_lookup_table(item: Dataset, dataset: Dataset) -> LookupTable:
    """Read LUT Descriptor and LUT Data of a sequence's item.

    Raises:
        Rejected: If they are absent or contradict each other.

    References:
        DICOM PS3.3 C.11.1.1 and C.11.2.1.1: 0 entries means 65 536.
    """
    try:
        n_entries, first_value, bits = (int(value) for value in item.LUTDescriptor)
        entries = _lut_entries(item.LUTData, dataset)[: n_entries & 0xFFFF or 65_536]
    except (AttributeError, TypeError, ValueError) as error:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS, "A look-up table of the header is not usable."
        ) from error
    if not entries.size or not 8 <= bits <= 16:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS,
            f"A look-up table of the header has {entries.size} entries of {bits} bits.",
        )
    # Some writers declare fewer bits than they use.
    full_scale = max(2**bits - 1, int(entries.max()))
    return LookupTable(entries, first_value, full_scale)


def _lut_entries(data: bytes | int | list[int], dataset: Dataset) -> NDArray[np.uint16]:
    if isinstance(data, bytes):
        syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
        order = ">" if syntax == ExplicitVRBigEndian else "<"
        return np.frombuffer(data, f"{order}u2").astype(np.uint16)
    return np.atleast_1d(np.asarray(data, np.int64)).astype(np.uint16)
