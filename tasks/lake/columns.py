"""What a table's declaration is made of: columns, tables, and the columns that tables share.

The tables themselves are declared in `tasks.lake.schemas`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

PROVENANCE = frozenset({"run_id", "scored_at", "published_at"})
"""Columns that say which run wrote a row and when: alone they make no row another one."""

UTC = pl.Datetime("us", "UTC")
REGION = pl.Struct(
    {
        "top_px": pl.Int32(),
        "left_px": pl.Int32(),
        "height_px": pl.Int32(),
        "width_px": pl.Int32(),
        "finding": pl.String(),
        "score": pl.Float32(),
    }
)


@dataclass(frozen=True)
class Column:
    """One column; `meaning` is one sentence with its unit or range.

    `default` is what rows of earlier schemas have, written before there was this column; null
    if left out. A column that came later and is never null needs one.
    """

    name: str
    dtype: pl.DataType
    meaning: str
    nullable: bool = False
    default: str | bool | None = None


@dataclass(frozen=True)
class Table:
    """One Delta table."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partition_by: tuple[str, ...] = ()
    rows_per_group: int | None = None
    """Rows in a Parquet row group, where a row is so large that readers want few at a time."""

    @property
    def schema(self) -> pl.Schema:
        """Column names and types, as polars reads and writes them."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    def frame(self, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
        """Rows as a frame of exactly this table's schema; a missing column is an error."""
        for row in rows:
            if absent := self.schema.keys() - row.keys():
                raise KeyError(f"A row of {self.name} lacks {sorted(absent)}.")
        return pl.DataFrame(rows, schema=self.schema, strict=True)


def text(
    name: str, meaning: str, *, nullable: bool = False, default: str | None = None
) -> Column:
    """Words."""
    return Column(name, pl.String(), meaning, nullable, default)


def whole(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """A whole number."""
    return Column(name, pl.Int64(), meaning, nullable)


def real(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """A number."""
    return Column(name, pl.Float64(), meaning, nullable)


def score(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """A score, in single precision as the model gives it."""
    return Column(name, pl.Float32(), meaning, nullable)


def flag(
    name: str, meaning: str, *, nullable: bool = False, default: bool | None = None
) -> Column:
    """True or false."""
    return Column(name, pl.Boolean(), meaning, nullable, default)


def timestamp(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """A moment, in UTC."""
    return Column(name, UTC, meaning, nullable)


def day(name: str, meaning: str, *, nullable: bool = False) -> Column:
    """A calendar day."""
    return Column(name, pl.Date(), meaning, nullable)


SOP_INSTANCE_KEY = text("sop_instance_key", "Keyed pseudonym of SOP Instance UID (0008,0018).")
EXAM_KEY = text(
    "exam_key", "Keyed pseudonym of Study Instance UID (0020,000D): one visit's mammograms."
)
PATIENT_KEY = text("patient_key", "Keyed pseudonym of Patient ID (0010,0020) with its issuer.")
ETAG = text("etag", "ETag of the object that the row was made from, without quotes.")
MODEL_VERSION = text(
    "model_version", "Version of the model in Triton, as pinned by the client."
)
PREPROCESSING_VERSION = text(
    "preprocessing_version", "Hash of the transform from stored values to network input."
)
CALIBRATION = text("calibration_id", "The calibration row that mapped the score.")
RUN_ID = text("run_id", "The run that wrote the row.")
SITE = text(
    "site",
    "Mobile unit or clinic: Station Name (0008,1010), else Institution Name (0008,0080).",
)
MANUFACTURER = text("manufacturer", "Manufacturer (0008,0070).")
MANUFACTURER_MODEL_NAME = text(
    "manufacturer_model_name", "Manufacturer's Model Name (0008,1090)."
)
SOFTWARE_VERSIONS = text(
    "software_versions", "Software Versions (0018,1020), joined by a backslash."
)
EXAM_DATE = day("exam_date", "Study Date (0008,0020).", nullable=True)
AGE = Column("patient_age_years", pl.Int16(), "Age at the exam, in years.", nullable=True)
