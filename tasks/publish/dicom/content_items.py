"""Content items of a structured report that refer to each other: plain data sets, one a kind.

highdicom writes no by-reference relationships; CAD reports consist of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydicom import Dataset
from pydicom.sr.coding import Code


@dataclass(frozen=True)
class Items:
    """Makes items of one relationship with their parent, such as CONTAINS."""

    relationship: str

    def container(self, name: Code, children: Sequence[Dataset]) -> Dataset:
        """A heading with what it holds."""
        item = self._item("CONTAINER", name, children)
        item.ContinuityOfContent = "SEPARATE"
        return item

    def code(self, name: Code, value: Code, children: Sequence[Dataset] = ()) -> Dataset:
        """A coded value."""
        item = self._item("CODE", name, children)
        item.ConceptCodeSequence = [coded(value)]
        return item

    def text(self, name: Code, value: str) -> Dataset:
        """Words."""
        item = self._item("TEXT", name)
        item.TextValue = value
        return item

    def number(self, name: Code, value: float, unit: Code) -> Dataset:
        """A number with its unit."""
        measured = Dataset()
        measured.NumericValue = f"{value:.4f}".rstrip("0").rstrip(".")
        measured.MeasurementUnitsCodeSequence = [coded(unit)]
        item = self._item("NUM", name)
        item.MeasuredValueSequence = [measured]
        return item

    def day(self, name: Code, value: str) -> Dataset:
        """A date."""
        item = self._item("DATE", name)
        item.Date = value
        return item

    def clock(self, name: Code, value: str) -> Dataset:
        """A time of day."""
        item = self._item("TIME", name)
        item.Time = value
        return item

    def uid(self, name: Code, value: str) -> Dataset:
        """A unique identifier."""
        item = self._item("UIDREF", name)
        item.UID = value
        return item

    def image(self, header: Dataset, children: Sequence[Dataset]) -> Dataset:
        """An image, by its instance."""
        reference = Dataset()
        reference.ReferencedSOPClassUID = header.SOPClassUID
        reference.ReferencedSOPInstanceUID = header.SOPInstanceUID
        item = self._item("IMAGE", None, children)
        item.ReferencedSOPSequence = [reference]
        return item

    def place(
        self, name: Code, graphic_type: str, points: Sequence[float], children: list[Dataset]
    ) -> Dataset:
        """Coordinates: columns and rows in turn."""
        item = self._item("SCOORD", name, children)
        item.GraphicType, item.GraphicData = graphic_type, list(points)
        return item

    def reference(self, position: Sequence[int]) -> Dataset:
        """An item that stands elsewhere, by its position from the root, which is 1."""
        item = Dataset()
        item.RelationshipType = self.relationship
        item.ReferencedContentItemIdentifier = list(position)
        return item

    def _item(self, kind: str, name: Code | None, children: Sequence[Dataset] = ()) -> Dataset:
        item = Dataset()
        item.RelationshipType = self.relationship
        item.ValueType = kind
        if name:
            item.ConceptNameCodeSequence = [coded(name)]
        if children:
            item.ContentSequence = list(children)
        return item


CONTAINS = Items("CONTAINS")
MODIFIES = Items("HAS CONCEPT MOD")
ACQUIRED = Items("HAS ACQ CONTEXT")
OBSERVED = Items("HAS OBS CONTEXT")
PROPERTY = Items("HAS PROPERTIES")
INFERRED = Items("INFERRED FROM")
SELECTED = Items("SELECTED FROM")


def coded(code: Code) -> Dataset:
    """A code as a sequence's item."""
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme_designator
    item.CodeMeaning = code.meaning
    return item
