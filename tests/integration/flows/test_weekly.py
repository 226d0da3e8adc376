"""The week's upkeep as Prefect runs it: done, or failed with what is wrong."""

from pathlib import Path

import pytest
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.stack.prefect_server import EmbeddedPrefect
from flows.weekly import upkeep
from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import object_rows

pytestmark = pytest.mark.integration


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setenv("SMART_MAMMO_HOME", str(tmp_path))
    monkeypatch.setenv("SMART_MAMMO_LAKE_URL", str(tmp_path / "lake"))
    monkeypatch.setenv("SMART_MAMMO_BACKUP_URL", str(tmp_path / "backup"))
    return Lake(str(tmp_path / "lake"))


def week(prefect_server: EmbeddedPrefect) -> State:
    with temporary_settings({PREFECT_API_URL: prefect_server.api_url}):
        return upkeep(return_state=True)


def test_a_week_ends_with_the_backup_or_with_what_is_wrong(lake, prefect_server, tmp_path):
    for number in range(3):
        lake.insert_new(OBJECTS, object_rows(range(number, number + 1)))
    state = week(prefect_server)
    assert state.is_completed()
    assert str(state.message).startswith(f"Backed up to {tmp_path / 'backup'}")
    for data in (tmp_path / "lake" / "objects").glob("*.parquet"):
        data.unlink()
    state = week(prefect_server)
    assert state.is_failed()
    assert "objects" in str(state.message)
    assert "Nothing was joined, deleted or backed up." in str(state.message)


def test_a_week_without_a_lake_says_where_it_looked(lake, prefect_server):
    state = week(prefect_server)
    assert state.is_failed()
    assert f"There is no lake at {lake.url}" in str(state.message)
