"""Benign and malignant masses (Lin & Huang): thumbnails of three sets, already augmented.

`<base> (n).png` are turned and mirrored copies of `<base>.png`: they share its patient. The
folder that joins the three sets repeats them and is left out.
"""

import re
from collections import Counter
from pathlib import Path

from tasks.datasets import mini_mias
from tasks.datasets.records import SOFT_TISSUE, Card, ImageRecord, Reading
from tasks.datasets.sources import require

CARD = Card(
    name="masses",
    title="Dataset of Breast Mammography Images with Masses (Lin & Huang 2020)",
    licence="CC BY 4.0",
    terms="Free to share and adapt, also commercially, with credit to its authors; the images "
    "come from INbreast, MIAS and DDSM, whose own terms hold as well.",
    citation="Lin TY, Huang ML (2020), Mendeley Data, doi:10.17632/ywsbh3ndr8.2.",
    is_film=True,
    published={
        "INbreast Benign": 2520,
        "INbreast Malignant": 5112,
        "MIAS Benign": 2376,
        "MIAS Malignant": 1440,
        "DDSM Benign": 5970,
        "DDSM Malignant": 7158,
    },
)

SETS = ("INbreast", "MIAS", "DDSM")
_ASSESSMENTS = {"Benign": "benign", "Malignant": "malignant"}
_COPY = re.compile(r"\s*\(\d+\)")
_MIAS = re.compile(r"mdb(\d{3})", re.IGNORECASE)
_DDSM = re.compile(
    r"(?:D\d+_)?(?P<case>[A-Z]_\d{4})_\d+\.(?P<side>LEFT|RIGHT)_(?P<view>CC|MLO)"
)


def read(source: Path) -> Reading:
    """Read the folders of the three sets.

    Raises:
        Misconfigured: If none is there.
    """
    reading = Reading()
    folders = [name for name in SETS if (source / f"{name} Dataset").is_dir()]
    if not folders:
        require(source / f"{SETS[0]} Dataset", "the set has one folder for each of its sources")
    reading.absent += [f"{name} Dataset" for name in SETS if name not in folders]
    for name in folders:
        for word in _ASSESSMENTS:
            for path in sorted((source / f"{name} Dataset" / f"{word} Masses").glob("*.png")):
                _add(source, path, name, word, reading)
    _count(reading)
    return reading


def base_of(stem: str) -> str:
    """The name of the original that a picture is, or is a copy of."""
    return _COPY.sub("", stem)


def _add(source: Path, path: Path, name: str, word: str, reading: Reading) -> None:
    base, where = base_of(path.stem), str(path.relative_to(source))
    identity = _identify(name, base)
    if identity is None:
        return reading.refuse(where, f"its name is not of the documented form of {name}")
    reading.count(f"{name} {word}")
    patient, laterality, view = identity
    reading.records.append(
        ImageRecord(
            image_id=where,
            exam_id=f"{name}/{patient}",
            patient_id=patient,
            patients_of=mini_mias.CARD.name if name == "MIAS" else f"masses of {name}",
            object_key=where,
            path=path,
            laterality=laterality,
            view=view,
            is_malignant=word == "Malignant",
            finding=SOFT_TISSUE,
            assessment=_ASSESSMENTS[word],
            provenance="birads_proxy" if name == "INbreast" else "biopsy",
            site=name,
            is_film=name != "INbreast",
            is_crop=True,
        )
    )
    return None


def _identify(name: str, base: str) -> tuple[str, str | None, str | None] | None:
    """Patient, side and view of a picture's original; None for an unknown name."""
    if name == "INbreast":
        return base, None, None
    if name == "MIAS":
        film = _MIAS.match(base)
        number = int(film[1]) if film else 0
        side = mini_mias.laterality_of(number)
        return (mini_mias.patient_of(number), side, "MLO") if film else None
    case = _DDSM.match(base)
    return (case["case"], case["side"][0], case["view"]) if case else None


def _count(reading: Reading) -> None:
    copies = Counter(base_of(record.image_id) for record in reading.records)
    reading.found |= {"images": len(reading.records), "originals": len(copies)}
    reading.notes += [
        f"{len(reading.records) - len(copies)} images are copies of {len(copies)} originals: "
        "a split by image puts copies of its test images into training.",
        "INbreast's file numbers name no patient: its originals count as patients, though "
        "two may be one woman's.",
        "Whole images were squashed to 227 x 227 pixels: taken as they are.",
    ]
