"""The commands that keep the lake, as an operator calls them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.commands.lake import app
from flows.upkeep import N_TOLD, describe_backup
from tasks.errors import Misconfigured
from tasks.lake.schemas import EXAM_SUMMARIES, OBJECTS, OUTCOMES, RUNS
from tasks.lake.store import Lake
from tasks.publish.exam_summaries import keep_summaries
from tasks.run import Run
from tests.support.lake_generations import generations, turn_back
from tests.support.lake_rows import object_rows
from tests.support.programme_lake import complete, fill_programme

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


def test_a_week_joins_the_lake_and_backs_it_up(lake, tmp_path, monkeypatch):
    backup = tmp_path / "backup"
    monkeypatch.setenv("SMART_MAMMO_BACKUP_URL", str(backup))
    code, said = mammo("keep")
    assert code == 0, said
    assert "objects: 4 files are 1" in said
    assert said.splitlines()[-1].startswith(f"Backed up to {backup}")
    assert Lake(str(backup)).read(OBJECTS).equals(lake.read(OBJECTS))


def test_a_backup_that_lacks_more_than_a_week_is_told(lake, tmp_path, monkeypatch):
    assert describe_backup().startswith("none: SMART_MAMMO_BACKUP_URL")
    monkeypatch.setenv("SMART_MAMMO_BACKUP_URL", str(tmp_path / "backup"))
    assert describe_backup() == "no night yet"
    end_night(lake, NOW)
    with pytest.raises(Misconfigured, match="holds no night, the lake up to 2026-11-24"):
        describe_backup()
    assert mammo("keep")[0] == 0
    end_night(lake, NOW + timedelta(days=7))
    assert describe_backup().endswith("backup: nights up to 2026-11-24")
    end_night(lake, NOW + timedelta(days=9))
    with pytest.raises(Misconfigured, match="holds nights up to 2026-11-24, the lake up to"):
        describe_backup()


def end_night(lake: Lake, at: datetime) -> None:
    row = pl.DataFrame({"run_id": [str(at)], "finished_at": [at], "outcome": ["completed"]})
    lake.insert_new(RUNS, complete(RUNS, row))


def test_a_week_without_a_place_for_backups_says_so(lake):
    code, said = mammo("keep")
    assert code == 0
    assert said.splitlines()[-1].startswith("No backup was made: SMART_MAMMO_BACKUP_URL")


def test_a_damaged_lake_is_left_alone_and_so_is_its_backup(lake, tmp_path, monkeypatch):
    monkeypatch.setenv("SMART_MAMMO_BACKUP_URL", str(tmp_path / "backup"))
    mammo("keep")
    lake.insert_new(OBJECTS, object_rows(range(9, 10)))
    mammo("compact")
    data = next((tmp_path / "lake" / "objects").glob("*.parquet"))
    data.write_bytes(bytes(len(data.read_bytes())))
    version, kept = lake.version(OBJECTS), Lake(str(tmp_path / "backup")).read(OBJECTS)
    code, said = mammo("keep")
    assert code == 1
    assert "Nothing was joined, deleted or backed up." in said
    assert lake.version(OBJECTS) == version
    assert Lake(str(tmp_path / "backup")).read(OBJECTS).equals(kept)


def test_wrong_derived_rows_are_named_and_made_anew(lake):
    fill_programme(lake, 30)
    day = datetime(2026, 11, 29, 5, tzinfo=UTC)
    keep_summaries(lake, Run("first", day.date(), day))
    night = {"run_id": "first", "list_date": day.date(), "started_at": day}
    lake.insert_new(RUNS, complete(RUNS, pl.DataFrame([night | {"outcome": "completed"}])))
    assert mammo("check")[0] == 0
    exams = lake.read(EXAM_SUMMARIES)["exam_key"].to_list()[: N_TOLD + 2]
    lake.delete(EXAM_SUMMARIES, "exam_key", exams)
    code, said = mammo("check")
    assert code == 1
    assert said.count("exam_summaries: the row of exam") == N_TOLD
    assert f"the row of exam {min(exams)} is missing" in said
    assert f"{len(exams)} rows of exam_summaries are not what the tables say" in said
    told = f"{len(exams)} rows anew\n"
    assert mammo("rebuild", "--dry-run")[1] == f"exam_summaries: would make {told}"
    assert mammo("rebuild")[1] == f"exam_summaries: made {told}"
    assert mammo("rebuild")[1] == "Every derived row is as the tables say.\n"
    assert mammo("check")[0] == 0


def test_without_a_lake_every_command_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setenv("SMART_MAMMO_LAKE_URL", str(tmp_path / "nowhere"))
    with pytest.raises(Misconfigured, match="There is no lake at"):
        mammo("check")
