"""The programme's statistics as files: CSV for Excel in es-CL, XLSX, JSON, CanScreen5.

CSV and XLSX are in words; JSON and CanScreen5 in codes.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from reports_app.statistics import Statistic
from reports_app.table_files import csv_bytes, inert, json_bytes, xlsx_bytes
from reports_app.texts import TEXTS, Texts
from tasks.publish.result import DISCLAIMER

_DECIMALS = 6
"""A rate per thousand needs four; Excel rounds what it shows."""

_COLUMNS: dict[str, Any] = {
    "indicator": pl.String(), "name": pl.String(), "group": pl.String(), "state": pl.String(),
    "n_events": pl.Int64(), "n": pl.Int64(), "value": pl.Float64(), "low": pl.Float64(),
    "high": pl.Float64(), "p90": pl.Float64(), "longest": pl.Float64(), "unit": pl.String(),
    "benchmark": pl.Float64(), "benchmark_source": pl.String(), "definition": pl.String(),
    "missing": pl.String(),
}  # fmt: skip


def statistics_csv(t: Texts, rows: Sequence[Statistic]) -> bytes:
    """Every figure as a line."""
    return csv_bytes(t, _frame(t, rows), _DECIMALS)


def statistics_xlsx(t: Texts, rows: Sequence[Statistic]) -> bytes:
    """Every figure as a row."""
    return xlsx_bytes(t("report.indicators"), _frame(t, rows))


def statistics_json(t: Texts, rows: Sequence[Statistic], about: dict[str, Any]) -> bytes:
    """Every figure as an object, with what the file is about.

    Args:
        t: Language of the notice.
        rows: The figures.
        about: As-of, filter and grouping.
    """
    figures = [asdict(row) for row in rows]
    return json_bytes({"notice": DISCLAIMER[t.language], **about, "statistics": figures})


def _frame(t: Texts, rows: Sequence[Statistic]) -> pl.DataFrame:
    frame = pl.DataFrame([_record(t, row) for row in rows], schema=_COLUMNS)
    frame = frame.with_columns(inert("group").alias("group"))
    return frame.rename({name: t(f"statistics.{name}") for name in _COLUMNS})


def _record(t: Texts, row: Statistic) -> dict[str, Any]:
    benchmark = f"kpi.{row.indicator}_benchmark"
    return {
        **{name: value for name, value in asdict(row).items() if name in _COLUMNS},
        "name": t(f"kpi.{row.indicator}"),
        "state": t.code("statistic_state", row.state),
        "unit": t(f"statistic_unit.{row.unit}"),
        "benchmark_source": t(benchmark) if benchmark in TEXTS else None,
        "definition": t(f"kpi.{row.indicator}_definition"),
        "missing": ", ".join(t(f"need.{need}") for need in row.lacks) or None,
    }
