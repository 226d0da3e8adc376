"""A night's figures for Prometheus, and what becomes of a file that cannot be written."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flows.metrics import write_metrics
from flows.notices import tell_watchers
from tasks.publish.accounting import Accounting
from tasks.publish.morning import NightReport
from tasks.run import Run
from tasks.settings import Settings

NOW = datetime(2026, 11, 26, 5, tzinfo=UTC)
REPORT = NightReport(
    run=Run("a" * 32, date(2026, 11, 26), NOW),
    finished_at=NOW,
    failures=(),
    accounting=Accounting(
        total=5, scored=3, unscorable=1, rejected=0, pending=1, reasons={"truncated": 1}
    ),
    n_new_objects=5,
    n_images_scored=3,
    n_exams_listed=2,
    is_list_new=True,
    drifts=(),
    seconds={"score": 1.5},
    peak_memory_mb=900.0,
    model_version="1",
    preprocessing_version="v1",
)


def figures(report: NightReport, path: Path) -> dict[str, float]:
    write_metrics(report, path)
    families = text_string_to_metric_families(path.read_text())
    return {
        "/".join((sample.name, *sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_night_that_failed_and_one_that_drifted_are_told(tmp_path: Path):
    path = tmp_path / "night.prom"
    sound = figures(REPORT, path)
    assert sound["smart_mammo_night_is_complete"] == 1
    assert sound["smart_mammo_night_end_timestamp_seconds"] == NOW.timestamp()
    assert sound["smart_mammo_night_objects/pending"] == 1
    assert sound["smart_mammo_night_objects_set_aside/truncated"] == 1
    assert sound["smart_mammo_night_seconds/score"] == 1.5
    amiss = figures(replace(REPORT, failures=("Away.",), drifts=("It moved.",)), path)
    assert amiss["smart_mammo_night_is_complete"] == 0
    assert amiss["smart_mammo_night_drifts"] == 1


def test_a_file_that_cannot_be_written_undoes_no_list(tmp_path: Path, caplog):
    (tmp_path / "taken").write_text("a file, not a folder")
    settings = Settings(metrics_file=tmp_path / "taken" / "night.prom")
    log = logging.getLogger("smart_mammo")
    with pytest.MonkeyPatch.context() as patch, caplog.at_level("ERROR"):
        patch.setattr(log, "propagate", True)
        tell_watchers(settings, REPORT)
    assert "SMART_MAMMO_METRICS_FILE" in caplog.text
