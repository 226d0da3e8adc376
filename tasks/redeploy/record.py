"""A model version's record (`model.json` beside its weights), as night and redeployment use it.

It reads; packages are written by `tasks.redeploy.repository` and the record by the training.
It fits nothing: calibration and operating points become rows as the record holds them.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from models.contract import MODEL_NAME
from tasks.errors import ContractViolation
from tasks.lake.schemas import CALIBRATIONS, MODEL_VERSIONS, OPERATING_POINTS
from tasks.lake.store import Lake
from tasks.redeploy.model_card import render_model_card
from tasks.redeploy.repository import package_digest, version_folder
from tasks.score.calibration import ANY

EVERYWHERE = dict.fromkeys(("site", "manufacturer", "software_versions"), ANY)


def read_record(model_repository: Path, version: str) -> dict[str, Any]:
    """Read the record of a packaged version.

    Raises:
        ContractViolation: If the version has no record or it is not JSON.
    """
    path = model_repository / MODEL_NAME / version / "model.json"
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ContractViolation(
            f"No usable record of model version {version} at {path.resolve()}: {error}. "
            "SMART_MAMMO_MODEL_REPOSITORY names the model repository; without it, it is the "
            "folder triton_repo of where the command runs."
        ) from error


def ensure_calibration(lake: Lake, model_repository: Path, version: str) -> None:
    """Insert the record's calibration as the default one, where the version has none yet."""
    known = lake.read(
        CALIBRATIONS, columns=["calibration_id"], where=pl.col("model_version") == version
    )
    if known.height:
        return
    fitted = read_record(model_repository, version)["calibration"]
    row = {
        **EVERYWHERE,
        "calibration_id": f"{MODEL_NAME}-{version}-default",
        "model_version": version,
        "fitted_at": datetime.now(UTC),
        **{
            name: fitted[name]
            for name in ("slope", "intercept", "band_edges", "data", "n_exams", "n_cancers")
        },
    }
    lake.insert_new(CALIBRATIONS, CALIBRATIONS.frame([row]))


def register_version(lake: Lake, model_repository: Path, version: str) -> None:
    """Make rows of what a sealed version says of itself; equal ones are not written again.

    Calibration and operating points that an operator fitted stay as they are.

    Raises:
        ContractViolation: If the version is incomplete, changed or without a usable record.
    """
    digest = package_digest(version_folder(model_repository, version))
    record = read_record(model_repository, version)
    ensure_calibration(lake, model_repository, version)
    _ensure_operating_points(lake, record, version)
    row = {
        "model_version": version,
        "package_sha256": digest,
        "status": record["status"],
        "record": json.dumps(record),
        "model_card": render_model_card(record),
        "registered_at": datetime.now(UTC),
    }
    known = lake.read(MODEL_VERSIONS, where=pl.col("model_version") == version)
    if known["package_sha256"].to_list() != [digest]:
        lake.upsert(MODEL_VERSIONS, MODEL_VERSIONS.frame([row]))


def check_same_files(lake: Lake, model_repository: Path, version: str) -> None:
    """See that a version's rows come from the files that lie there now.

    Raises:
        ContractViolation: If the lake knows the version with other files.
    """
    digest = package_digest(version_folder(model_repository, version))
    known = lake.read(
        MODEL_VERSIONS, columns=["package_sha256"], where=pl.col("model_version") == version
    )
    if set(known["package_sha256"]) - {digest}:
        raise ContractViolation(
            f"The lake knows version {version} with other files, whose scores it holds: "
            "package these ones under another number."
        )


def _ensure_operating_points(lake: Lake, record: dict[str, Any], version: str) -> None:
    rows = [
        {**EVERYWHERE, **point, "model_version": version, "fitted_at": datetime.now(UTC)}
        for point in record.get("operating_points", [])
    ]
    if rows:
        names = OPERATING_POINTS.schema.names()
        chosen = [{name: row[name] for name in names} for row in rows]
        lake.insert_new(OPERATING_POINTS, OPERATING_POINTS.frame(chosen))
