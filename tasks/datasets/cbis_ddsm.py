"""CBIS-DDSM: film with pathology, in four tables of abnormalities and folders of DICOM.

The tables' paths are not those of the download: folders are found by a path's first part. A
patient of both official splits belongs to the test.
"""

from collections.abc import Iterable
from pathlib import Path

from tasks.datasets.cbis_tables import Abnormality, read_abnormalities
from tasks.datasets.records import (
    Card,
    ImageRecord,
    LesionMask,
    Reading,
    worst,
)
from tasks.datasets.sources import folders_by_name

CARD = Card(
    name="cbis-ddsm",
    title="CBIS-DDSM (Sawyer-Lee et al. 2016)",
    licence="CC BY 3.0",
    terms="Free to share and adapt, also commercially, with credit to its authors.",
    citation="Sawyer-Lee R et al. (2016), The Cancer Imaging Archive, "
    "doi:10.7937/K9/TCIA.2016.7O02S9CY; Lee RS et al. (2017), Sci Data 4:170177.",
    is_film=True,
    published={
        "mass train rows": 1318,
        "mass train patients": 691,
        "mass train images": 1231,
        "mass test rows": 378,
        "mass test patients": 201,
        "mass test images": 361,
        "calc train rows": 1546,
        "calc train patients": 602,
        "calc train images": 1227,
        "calc test rows": 326,
        "calc test patients": 151,
        "calc test images": 284,
    },
)


def read(source: Path) -> Reading:
    """Read the four tables, and find the films that are here.

    Raises:
        Misconfigured: If a table or column is absent.
    """
    reading = Reading()
    abnormalities = read_abnormalities(source, reading)
    folders = folders_by_name(
        source, {row.image for row in abnormalities} | {row.mask for row in abnormalities}
    )
    malignant = {_breast(row) for row in abnormalities if row.assessment == "malignant"}
    tested = {row.patient_id for row in abnormalities if row.is_test}
    for rows in _by_image(abnormalities).values():
        reading.records.append(_record(rows, folders, malignant, tested))
    _note(reading, abnormalities, tested)
    return reading


def _breast(row: Abnormality) -> tuple[str, str]:
    return row.patient_id, row.laterality


def _by_image(rows: Iterable[Abnormality]) -> dict[str, list[Abnormality]]:
    images: dict[str, list[Abnormality]] = {}
    for row in rows:
        images.setdefault(row.image, []).append(row)
    return images


def _record(
    rows: list[Abnormality],
    folders: dict[str, Path],
    malignant: set[tuple[str, str]],
    tested: set[str],
) -> ImageRecord:
    first = rows[0]
    return ImageRecord(
        image_id=first.image,
        exam_id=first.patient_id,
        patient_id=first.patient_id,
        object_key=first.image,
        path=next(iter(_files(folders, first.image)), None),
        laterality=first.laterality,
        view=first.view,
        is_malignant=_breast(first) in malignant,
        finding=first.finding,
        assessment=worst([row.assessment for row in rows]),
        breast_density=first.breast_density,
        split="test" if first.patient_id in tested else "training",
        masks=tuple(
            LesionMask(files, row.finding, row.assessment)
            for row in rows
            if (files := _files(folders, row.mask))
        ),
    )


def _files(folders: dict[str, Path], name: str) -> tuple[Path, ...]:
    """The DICOM files below a film's or a lesion's folder, wherever the download puts them."""
    folder = folders.get(name)
    return tuple(sorted(folder.rglob("*.dcm"))) if folder else ()


def _note(reading: Reading, rows: list[Abnormality], tested: set[str]) -> None:
    trained = {row.patient_id for row in rows if not row.is_test}
    reading.found |= {
        "patients": len(trained | tested),
        "images": len(reading.records),
        "patients of both official splits": len(trained & tested),
    }
    n_unknown = sum(row.breast_density is None for row in rows)
    reading.notes += [
        f"{len(trained & tested)} patients stand in training with one kind of lesion and in "
        "test with another: all their images are test images here.",
        "Pathology decides the assessment; BENIGN_WITHOUT_CALLBACK is benign.",
        f"{n_unknown} rows state a breast density outside 1-4: left empty.",
        "A film with masses and calcifications is two images, one of each table.",
    ]
    reading.note_absent_files()
