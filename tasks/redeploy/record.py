"""A model version's record (`model.json` beside its weights), as the night uses it.

It reads; packages are written by `tasks.redeploy.repository` and the record by the training.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from models.contract import MODEL_NAME
from tasks.errors import ContractViolation
from tasks.lake.schemas import CALIBRATIONS
from tasks.lake.store import Lake
from tasks.score.calibration import ANY


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
            f"No usable record of model version {version} at {path}: {error}"
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
        "calibration_id": f"{MODEL_NAME}-{version}-default",
        "site": ANY,
        "manufacturer": ANY,
        "software_versions": ANY,
        "model_version": version,
        "fitted_at": datetime.now(UTC),
        **{
            name: fitted[name]
            for name in ("slope", "intercept", "band_edges", "data", "n_exams", "n_cancers")
        },
    }
    lake.insert_new(CALIBRATIONS, CALIBRATIONS.frame([row]))
