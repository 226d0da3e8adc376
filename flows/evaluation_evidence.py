"""What an evaluation is held against besides its table of scores.

Patients that the system was trained on, lesions and marks, and the evaluation of another set.
It reads files and refuses a leak; models.evaluation reckons.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from flows.exploring import lake_of
from models.evaluation.checks import Columns
from models.evaluation.external import measure_drop
from models.evaluation.marks import measure_localisation
from models.evaluation.table import ScoreTable
from tasks.datasets.leakage import check_leakage, hash_images
from tasks.datasets.split_file import read_table
from tasks.errors import Misconfigured

EVALUATED, TRAINED = "evaluation", "training"
_UNSEEN = frozenset({"test", "validation"})
"""Parts of a split that neither trained nor chose the network."""

FOLD = "fold"
"""Column of a cross-validation's tables: which of its networks scored or was trained."""


@dataclass(frozen=True)
class Evidence:
    """Files and tables beside the scores; each may be left out, and the report says so.

    Args:
        trained_on: Table of the images or patients that the system was trained on, such as a
            training's split.csv; rows whose `split` is test or validation are left out.
        images: Lake or set that holds both sides' images: near-copies are looked for too.
        marks: Table of the boxes that the system drew, with their scores.
        lesions: Table of the lesions.
        internal: evaluation.json of the set that the system was made on.
    """

    trained_on: Path | None = None
    images: str | None = None
    marks: Path | None = None
    lesions: Path | None = None
    internal: Path | None = None


def check_training_set(table: ScoreTable, evidence: Evidence) -> dict[str, Any]:
    """Refuse a table that holds what the system was trained on.

    Returns:
        What was compared, for the report.

    Raises:
        ContractViolation: If a patient, an image or a near-copy is on both sides; the pairs are
            named.
        Misconfigured: If the two sides cannot be compared.
    """
    if evidence.trained_on is None:
        return {"checked": None, "reason": "no training set was named (--trained-on)"}
    columns = table.columns
    if not (columns.patient or columns.image):
        raise Misconfigured(
            "A leak from training is seen by patient or image: name --patient-column or "
            "--image-column beside --trained-on."
        )
    theirs = read_trained(evidence.trained_on)
    hashes = hash_images(lake_of(evidence.images)) if evidence.images else {}
    n_rows = 0
    for ours, seen in _by_fold(table.frame, theirs, evidence.trained_on):
        sides = (
            _side(ours, columns.patient, columns.image, EVALUATED),
            _training_side(seen, columns, evidence.trained_on),
        )
        n_rows += check_leakage(pl.concat(sides, how="diagonal"), hashes).get(TRAINED, 0)
    return {
        "checked": evidence.trained_on.name,
        "n_training_rows": n_rows,
        "by": [name for name in ("patient", "image") if getattr(columns, name)],
        "near_copies": bool(hashes),
    }


def read_trained(path: Path) -> pl.DataFrame:
    """The rows of a training's table, or of its split, that trained or chose the network."""
    frame = read_table(path)
    return (
        frame.filter(~pl.col("split").is_in(list(_UNSEEN)))
        if "split" in frame.columns
        else frame
    )


def _by_fold(
    ours: pl.DataFrame, theirs: pl.DataFrame, path: Path
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Both sides, network by network where a cross-validation trained several.

    Raises:
        Misconfigured: If what trained the network of a row cannot be told.
    """
    if FOLD not in theirs.columns:
        yield ours, theirs
        return
    folds = ours[FOLD].cast(pl.String) if FOLD in ours.columns else pl.Series([None])
    if strangers := sorted({str(fold) for fold in folds} - {*theirs[FOLD]}):
        raise Misconfigured(
            f"{path} tells what trained each fold's network, and not that of the fold "
            f"{strangers[0]!r}: give the scores of that cross-validation, with their {FOLD}."
        )
    for fold in folds.unique():
        yield ours.filter(folds == fold), theirs.filter(pl.col(FOLD) == fold)


def _training_side(frame: pl.DataFrame, columns: Columns, path: Path) -> pl.DataFrame:
    patient = _column_of(frame, columns.patient, "patient_key")
    image = _column_of(frame, columns.image, "sop_instance_key")
    if not (columns.patient and patient) and not (columns.image and image):
        raise Misconfigured(
            f"{path} has the columns {', '.join(frame.columns)}: none of them names the "
            "patients or images of the table of scores."
        )
    return _side(frame, patient, image, TRAINED)


def _column_of(frame: pl.DataFrame, name: str | None, usual: str) -> str | None:
    """The column called as in the table of scores, else as a training calls it."""
    return next((found for found in (name, usual) if found in frame.columns), None)


def _side(
    frame: pl.DataFrame, patient: str | None, image: str | None, side: str
) -> pl.DataFrame:
    """Rows as `check_leakage` reads them; what is not named is compared with nothing."""
    named = {"patient_key": patient, "sop_instance_key": image}
    return frame.select(
        (pl.col(column).cast(pl.String) if column else pl.lit(None, pl.String)).alias(name)
        for name, column in named.items()
    ).with_columns(split=pl.lit(side))


def localise(table: ScoreTable, evidence: Evidence) -> dict[str, Any]:
    """Localisation, or why there is none.

    Raises:
        Misconfigured: If a table cannot be read, or only one of the two was given.
    """
    if evidence.marks is None and evidence.lesions is None:
        return {"not_computable": "no regions were given (--marks and --lesions)"}
    if evidence.marks is None or evidence.lesions is None:
        raise Misconfigured("Localisation needs both --marks and --lesions.")
    marks, lesions = read_table(evidence.marks), read_table(evidence.lesions)
    image = table.columns.image
    evaluated = table.frame[image].cast(pl.String).to_list() if image else []
    try:
        return measure_localisation(marks, lesions, image or "image", evaluated)
    except ValueError as error:
        raise Misconfigured(f"{evidence.marks}, {evidence.lesions}: {error}") from error


def external_drop(figures: dict[str, Any], evidence: Evidence) -> dict[str, Any]:
    """The drop from the set that the system was made on, by system and level.

    Raises:
        Misconfigured: If the other evaluation cannot be read.
    """
    if evidence.internal is None:
        return {
            "not_computable": "no evaluation of the system's own set was named (--internal)"
        }
    try:
        internal = json.loads(evidence.internal.read_text(encoding="utf-8"))
        return measure_drop(internal["scorers"], figures["scorers"])
    except (OSError, ValueError, KeyError) as error:
        raise Misconfigured(
            f"{evidence.internal} is no evaluation.json of `mammo evaluate` ({error})."
        ) from error
