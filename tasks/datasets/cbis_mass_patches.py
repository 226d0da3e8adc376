"""CBIS-DDSM mass patches: 128 x 128 crops with pathology, split by patient.

A patch has no outline and keeps its pixels. Side and density come from CBIS-DDSM's tables, if
they lie in the same folder or in `cbis_ddsm` beside it.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from tasks.datasets import cbis_ddsm
from tasks.datasets.cbis_tables import Abnormality, read_abnormalities
from tasks.datasets.records import SOFT_TISSUE, Card, ImageRecord, Reading
from tasks.datasets.sources import require

CARD = Card(
    name="cbis-mass-patches",
    title="CBIS-DDSM mass patches of mammo_dp (Osuala et al. 2024)",
    licence="CC BY 3.0 (images), Apache-2.0 (repository)",
    terms="Free to share and adapt, also commercially, with credit to its authors.",
    citation="Osuala R et al. (2024), arXiv:2407.12669; Sawyer-Lee R et al. (2016), "
    "doi:10.7937/K9/TCIA.2016.7O02S9CY.",
    is_film=True,
    published={"patches": 1296, "training patients": 578, "validation patients": 102},
)

SPLITS = {"train": "training", "val": "validation"}
_NAME = re.compile(
    r"patientcbis-ddsm__(?P<patient>P_\d+)_image(?P<image>\d+)_mass(?P<mass>\d+)"
    r"_is_benign_(?P<benign>[01])\.png"
)
_FOLDERS = {"is_benign_true": "1", "is_benign_false": "0"}


def read(source: Path) -> Reading:
    """Read the folders `train` and `val`.

    Raises:
        Misconfigured: If one is absent.
    """
    reading = Reading()
    films = _films(source, reading)
    for part, split in SPLITS.items():
        folder = require(source / part, "patches lie in train and val")
        for path in sorted(folder.rglob("*.png")):
            if record := _record(source, path, split, films, reading):
                reading.records.append(record)
    _count(reading)
    return reading


def _films(source: Path, reading: Reading) -> dict[str, Abnormality]:
    """CBIS-DDSM's films by the last number of their series, which a patch's name holds."""
    for folder in (source, source.parent / "cbis_ddsm"):
        if (folder / "mass_case_description_train_set.csv").exists():
            rows = read_abnormalities(folder, Reading())
            return {row.image_uids[-1].rpartition(".")[2]: row for row in rows}
    reading.absent.append(
        "CBIS-DDSM's four tables: without them side, view and density stay empty. Put them in "
        f"{source} or in {source.parent / 'cbis_ddsm'}."
    )
    return {}


def _record(
    source: Path,
    path: Path,
    split: str,
    films: Mapping[str, Abnormality],
    reading: Reading,
) -> ImageRecord | None:
    where = str(path.relative_to(source))
    name = _NAME.fullmatch(path.name)
    if name is None:
        return reading.refuse(where, "its name is not of the documented form")
    if _FOLDERS.get(path.parent.name) != name["benign"]:
        return reading.refuse(where, "its folder and its name disagree on the pathology")
    film = films.get(name["image"])
    if films and (film is None or film.patient_id != name["patient"]):
        return reading.refuse(where, "CBIS-DDSM's tables have no such film of the patient")
    is_malignant = name["benign"] == "0"
    return ImageRecord(
        image_id=path.stem,
        exam_id=name["patient"],
        patient_id=name["patient"],
        patients_of=cbis_ddsm.CARD.name,
        object_key=where,
        path=path,
        laterality=film.laterality if film else None,
        view=film.view if film else None,
        is_malignant=is_malignant,
        finding=SOFT_TISSUE,
        assessment="malignant" if is_malignant else "benign",
        breast_density=film.breast_density if film else None,
        split=split,
        is_crop=True,
    )


def _count(reading: Reading) -> None:
    reading.found["patches"] = len(reading.records)
    for split in SPLITS.values():
        patients = {row.patient_id for row in reading.records if row.split == split}
        reading.found[f"{split} patients"] = len(patients)
    reading.notes.append(
        "is_malignant is the patch's own pathology: a breast may hold another lesion."
    )
