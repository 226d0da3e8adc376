"""The commands that keep the lake, as an operator calls them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.commands.lake import app
from tasks.errors import Misconfigured
from tasks.lake.schemas import OBJECTS, OUTCOMES
from tasks.lake.store import Lake
from tests.support.lake_generations import generations, turn_back
from tests.support.lake_rows import object_rows

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    lake = Lake(str(tmp_path / "lake"))
    monkeypatch.setenv("SMART_MAMMO_LAKE_URL", lake.url)
    monkeypatch.setenv("SMART_MAMMO_HOME", str(tmp_path))
    for n in range(4):
        lake.insert_new(OBJECTS, object_rows(range(n, n + 1)))
    return lake


def mammo(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["lake", *arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_a_dry_run_says_what_compaction_does_and_does_it_not(lake):
    version = lake.version(OBJECTS)
    assert mammo("compact", "--dry-run")[1].startswith("objects: would join 4 of 4 files")
    assert lake.version(OBJECTS) == version
    assert mammo("compact")[1] == "objects: 4 files are 1\n"
    assert mammo("compact")[1] == "There is nothing to join.\n"
    by_exam = mammo("compact", "--by-exam")[1].splitlines()
    assert by_exam[0] == "objects: 1 files are 1, sorted by exam"
    assert mammo("vacuum")[1] == "There is nothing to delete.\n"


def test_migration_is_told_before_it_is_done(lake):
    row = {"exam_key": "exam", "breast": "R", "source": "reader", "recorded_at": NOW}
    lake.insert_new(OUTCOMES, OUTCOMES.frame([{**dict.fromkeys(OUTCOMES.schema), **row}]))
    turn_back(lake, list(generations())[-1])
    told = "outcomes: add breast_density, add recorded_by (no row is written anew)\n"
    assert told in mammo("migrate", "--dry-run")[1]
    assert lake.migration(OUTCOMES).is_needed
    assert told in mammo("migrate")[1]
    assert mammo("migrate")[1] == "Every table has this version's schema.\n"


def test_a_backup_is_made_checked_and_restored(lake, tmp_path, monkeypatch):
    code, said = mammo("backup", str(tmp_path / "backup"))
    assert (code, "1 tables" in said) == (0, True)
    restored = tmp_path / "restored"
    monkeypatch.setenv("SMART_MAMMO_LAKE_URL", str(restored))
    code, said = mammo("restore", str(tmp_path / "backup"))
    assert code == 0
    assert "objects: whole, 4 rows in 4 files" in said
    assert Lake(str(restored)).read(OBJECTS).equals(lake.read(OBJECTS))
    next(restored.glob("objects/part-*.parquet")).unlink()
    assert mammo("check")[0] == 1


def test_without_a_lake_every_command_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setenv("SMART_MAMMO_LAKE_URL", str(tmp_path / "nowhere"))
    with pytest.raises(Misconfigured, match="There is no lake at"):
        mammo("check")
