"""A report on scores and truth, whatever system made the scores: `mammo evaluate`.

It reads one file and writes one folder; models.evaluation judges, reports_app shows.
"""

import hashlib
import json
import platform
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
from threadpoolctl import threadpool_limits

import models.evaluation
from flows.evaluation_evidence import (
    Evidence,
    check_training_set,
    external_drop,
    localise,
)
from models.evaluation.checks import Columns
from models.evaluation.summary import summarise
from models.evaluation.systems import Settings
from models.evaluation.table import ScoreTable, read_table
from reports_app.evaluation.report import FORMAT, render_html, render_model_card, render_pdf
from tasks.errors import Misconfigured

NOTICE = "Research software, not a medical device: not for clinical use."
_PACKAGES = ("numpy", "scipy", "scikit-learn", "polars", "plotly", "typst")
ABOUT_KEYS = frozenset(
    {
        *("model_name", "model_version", "model_hash", "intended_use", "image_kind", "licence"),
        *("study_design", "data_source", "eligibility", "preprocessing", "deidentification"),
        *("acquisition", "reference_standard", "partitions", "sample_size"),
        *("model_description", "training", "model_selection", "explainability", "robustness"),
        *(
            "external_test",
            "registration",
            "demographics",
            "limitations",
            "clinical_role",
            "protocol",
        ),
        *("availability", "funding", "ethics", "involvement", "excluded"),
    }
)
"""What the file given as `about` may hold; what it lacks is reported as not available."""


@dataclass(frozen=True)
class EvaluationFiles:
    """What an evaluation wrote."""

    figures: Path
    page: Path
    document: Path
    model_card: Path


def evaluate(  # noqa: PLR0913 (one parameter for each option of the command)
    scores: Path,
    out: Path,
    *,
    exam_column: str,
    truth_column: str,
    breast_column: str | None = None,
    image_column: str | None = None,
    patient_column: str | None = None,
    repeat_column: str | None = None,
    subgroup_columns: Sequence[str] = (),
    ignored_columns: Sequence[str] = (),
    reader_prefix: str = "Reader",
    prevalence: float = Settings.prevalence,
    recall_rate: float = Settings.recall_rate,
    exams_per_day: int = Settings.exams_per_day,
    n_draws: int = Settings.n_draws,
    seed: int = Settings.seed,
    about: Path | None = None,
    evidence: Evidence | None = None,
) -> EvaluationFiles:
    """Evaluate a table of scores and write evaluation.json, .html, .pdf and model_card.md.

    Args:
        scores: Parquet, or CSV (comma, or semicolon with decimal comma); every numeric column
            that is not named below is a scorer.
        out: Folder to write to; made if absent.
        exam_column: Exam identifier.
        truth_column: 0 or 1; 1 is cancer.
        breast_column: Laterality; None where a row is an exam.
        image_column: Image identifier; None where a row is a breast or an exam.
        patient_column: Patient; None: intervals are by exam.
        repeat_column: Number of the repeated scoring; the first is evaluated.
        subgroup_columns: Columns to report by.
        ignored_columns: Numeric columns that are no scores.
        reader_prefix: Scorers whose name starts with it are human readers; empty: none is.
        prevalence: Cancers per exam in the programme, 0-1; 0.0051 is the BCSC's.
        recall_rate: Highest share of exams that the programme would recall, 0-1.
        exams_per_day: That the programme reads.
        n_draws: Bootstrap resamples.
        seed: Of the resamples.
        about: TOML file of what no table tells (keys: `ABOUT_KEYS`), for card and checklist.
        evidence: What the scores are held against besides the table.

    Raises:
        Misconfigured: If the file, a column or an option cannot be used; the sentence says why.
        ContractViolation: If the system was trained on what the table holds.
    """
    columns = Columns(
        exam=exam_column,
        truth=truth_column,
        breast=breast_column,
        image=image_column,
        patient=patient_column,
        repeat=repeat_column,
        subgroups=tuple(subgroup_columns),
        ignored=tuple(ignored_columns),
        reader_prefix=reader_prefix,
    )
    settings = Settings(prevalence, recall_rate, exams_per_day, n_draws, seed)
    _check_settings(settings)
    stated, evidence = read_about(about), evidence or Evidence()
    try:
        table = read_table(read_scores(scores), columns)
        leakage = check_training_set(table, evidence)
        with threadpool_limits(
            1
        ):  # thousands of small products: threads cost more than they give
            figures = summarise(table, settings)
    except ValueError as error:
        raise Misconfigured(f"{scores}: {error}") from error
    report = {
        "format": FORMAT,
        "notice": NOTICE,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "about": stated,
        "data": _describe_data(scores, table),
        "settings": asdict(settings),
        "versions": _versions(),
        **figures,
        "leakage": leakage,
        "localisation": localise(table, evidence),
        "external": external_drop(figures, evidence),
    }
    return _write(report, out)


def read_scores(path: Path) -> pl.DataFrame:
    """Read a table by its file's ending.

    Raises:
        Misconfigured: If the file is absent, empty, or neither CSV nor Parquet.
    """
    if not path.is_file():
        raise Misconfigured(f"No file {path}: give the table of scores and truth.")
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        return _read_csv(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise Misconfigured(
            f"{path} is no readable table ({reason}): give a CSV with a header, or Parquet."
        ) from error


def _read_csv(path: Path) -> pl.DataFrame:
    with path.open("rb") as file:
        header = file.readline()
    is_european = header.count(b";") > header.count(b",")
    return pl.read_csv(
        path,
        separator=";" if is_european else ",",
        decimal_comma=is_european,
        infer_schema_length=None,
    )


def read_about(path: Path | None) -> dict[str, str]:
    """Read what the evaluation's author states; a misspelt key is refused.

    Raises:
        Misconfigured: If the file cannot be read, or holds a key that nothing shows.
    """
    if path is None:
        return {}
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path} is no readable TOML file: {error}.") from error
    if unknown := stated.keys() - ABOUT_KEYS:
        raise Misconfigured(
            f"{path} holds {', '.join(sorted(unknown))}; known are "
            f"{', '.join(sorted(ABOUT_KEYS))}."
        )
    return {key: str(value) for key, value in stated.items()}


def _check_settings(settings: Settings) -> None:
    for name in ("prevalence", "recall_rate"):
        value = getattr(settings, name)
        if not 0 < value < 1:
            raise Misconfigured(f"{name} is {value}: it must lie between 0 and 1.")
    for name in ("exams_per_day", "n_draws"):
        value = getattr(settings, name)
        if value < 1:
            raise Misconfigured(f"{name} is {value}: it must be 1 or more.")


def _describe_data(scores: Path, table: ScoreTable) -> dict[str, Any]:
    return {
        "file": scores.name,
        "sha256": hashlib.sha256(scores.read_bytes()).hexdigest(),
        "columns": asdict(table.columns),
        "unused_columns": table.unused,
        "systems": table.systems,
        "readers": table.readers,
        "clustered_by": "patient" if table.columns.patient else "exam",
    }


def _versions() -> dict[str, str]:
    """Python's, the packages', and a hash over the code that computes the figures."""
    code = hashlib.sha256()
    for path in sorted(Path(models.evaluation.__file__).parent.glob("*.py")):
        code.update(path.read_bytes())
    packages = {name: version(name) for name in _PACKAGES}
    return {
        "python": platform.python_version(),
        **packages,
        "models.evaluation": code.hexdigest()[:12],
    }


def _write(report: dict[str, Any], out: Path) -> EvaluationFiles:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"{out} cannot be made a folder: {error}.") from error
    files = EvaluationFiles(
        out / "evaluation.json",
        out / "evaluation.html",
        out / "evaluation.pdf",
        out / "model_card.md",
    )
    files.figures.write_text(json.dumps(report, indent=1, allow_nan=False), encoding="utf-8")
    files.page.write_text(render_html(report), encoding="utf-8")
    files.document.write_bytes(render_pdf(report))
    files.model_card.write_text(render_model_card(report), encoding="utf-8")
    return files
