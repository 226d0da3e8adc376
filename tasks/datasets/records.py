"""What an importer reads from a published data set, before any pixel: images and their truth.

It imports no table library, since records travel to forked workers, and knows no single set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SOFT_TISSUE = "mass"
"""Distortions and asymmetries are soft-tissue lesions: with the contract's two findings, as in
commercial detectors, they stand with the masses."""

CALCIFICATION = "calcification"
NO_FINDING = "no_finding"

_SUSPICION = {"1": NO_FINDING, "2": "benign", "3": "benign", "4": "suspicious"} | dict.fromkeys(
    ("4A", "4B", "4C"), "suspicious"
)


@dataclass(frozen=True)
class Card:
    """A published data set: whose it is, on what terms, and what its authors counted.

    Args:
        name: As the command line and `labels.source` write it.
        title: With year or authors.
        licence: Its name.
        terms: What it asks of whoever uses it, in sentences.
        citation: What a publication has to cite.
        is_film: Digitised film rather than digital mammography.
        published: The authors' own counts, by what is counted.
    """

    name: str
    title: str
    licence: str
    terms: str
    citation: str
    is_film: bool
    published: Mapping[str, int]


@dataclass(frozen=True)
class Lesion:
    """A lesion's box in original pixels.

    Args:
        finding: mass or calcification.
        assessment: benign, suspicious or malignant.
    """

    top_px: int
    left_px: int
    height_px: int
    width_px: int
    finding: str
    assessment: str


@dataclass(frozen=True)
class LesionMask:
    """A picture whose bright parts are lesions.

    Args:
        paths: Files one of which is it: the one of the image's size with the fewest values.
    """

    paths: tuple[Path, ...]
    finding: str
    assessment: str


@dataclass(frozen=True)
class ImageRecord:
    """One image of a set and what its tables say; None where they do not say.

    Args:
        image_id: The set's own, unique in it.
        exam_id: The set's own; the images of one visit share it.
        patient_id: The set's own, which is public.
        object_key: The file as the set names it.
        path: Where the file lies; None where it is absent: then only the label is written.
        laterality: R or L.
        view: CC, MLO or another.
        is_malignant: Whether this breast holds a cancer.
        finding: no_finding, mass or calcification, of the image.
        assessment: no_finding, benign, suspicious or malignant.
        breast_density: A-D.
        provenance: biopsy, birads_proxy or report.
        split: training, validation or test.
        lesions: Boxes that the set's tables give.
        masks: Pictures that give boxes.
        age_years: At the exam.
        manufacturer: Where the set's tables name it and the file does not.
        spacing_mm: Between rows, where the set's papers give it and the file does not.
        patients_of: The set whose patient ids these are, where it is not this one: a patient of
            two sets has one key.
        is_film: Where a set mixes film and digital images; None takes the card's word.
        is_crop: A patch or thumbnail without an outline: its pixels are taken as they are.
    """

    image_id: str
    exam_id: str
    patient_id: str
    object_key: str
    path: Path | None
    laterality: str | None
    view: str | None
    is_malignant: bool | None
    finding: str | None
    assessment: str | None
    breast_density: str | None = None
    provenance: str = "biopsy"
    split: str | None = None
    lesions: tuple[Lesion, ...] = ()
    masks: tuple[LesionMask, ...] = ()
    age_years: int | None = None
    manufacturer: str = ""
    site: str = ""
    spacing_mm: float | None = None
    has_implant: bool | None = None
    patients_of: str = ""
    is_film: bool | None = None
    is_crop: bool = False


@dataclass(frozen=True)
class BadRow:
    """A row or file that cannot be imported, and why."""

    where: str
    reason: str


@dataclass
class Reading:
    """What one folder holds of a set.

    Args:
        records: One an image.
        found: Counts under the names of `Card.published`, and others.
        absent: Sentences on what the folder lacks.
        bad_rows: What cannot be imported.
        notes: Sentences on what an expert has to know of the labels.
    """

    records: list[ImageRecord] = field(default_factory=list[ImageRecord])
    found: dict[str, int] = field(default_factory=dict[str, int])
    absent: list[str] = field(default_factory=list[str])
    bad_rows: list[BadRow] = field(default_factory=list[BadRow])
    notes: list[str] = field(default_factory=list[str])

    def refuse(self, where: str, reason: str) -> None:
        """Count a bad row."""
        self.bad_rows.append(BadRow(where, reason))

    def count(self, what: str, n: int = 1) -> None:
        """Add to a count."""
        self.found[what] = self.found.get(what, 0) + n

    def note_absent_files(self) -> None:
        """Say how many images have no file here."""
        if n_absent := sum(record.path is None for record in self.records):
            self.absent.append(
                f"{n_absent} of {len(self.records)} images have no file: labels alone."
            )


def assessment_of_birads(birads: str) -> str:
    """A BI-RADS assessment as the contract's word.

    Returns:
        no_finding for 1, benign for 2 and 3, suspicious for 4, malignant for 5 and 6.

    Raises:
        KeyError: If it is none of 1-6 (0 asks for more images and says nothing).
    """
    category = birads.strip().upper()
    return "malignant" if category in ("5", "6") else _SUSPICION[category]


def malignancy_of_birads(birads: str) -> bool | None:
    """What a BI-RADS assessment says of cancer, without pathology.

    Returns:
        False for 1-3 (at most 2 % are cancers), True for 5 and 6 (95 % and more), None for 4.
    """
    return {"suspicious": None, "malignant": True}.get(assessment_of_birads(birads), False)


def worst(assessments: list[str]) -> str:
    """The most suspicious of some assessments; no_finding of none."""
    order = (NO_FINDING, "benign", "suspicious", "malignant")
    return max(assessments, key=order.index, default=NO_FINDING)
