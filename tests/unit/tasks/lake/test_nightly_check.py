"""What a night reads is held to its digests: latest versions, within a budget, in turns."""

from datetime import date, timedelta
from math import ceil
from pathlib import Path

import pytest

from tasks.errors import ContractViolation
from tasks.lake import nightly_check
from tasks.lake.backup import files_of
from tasks.lake.digests import drop, record
from tasks.lake.nightly_check import refuse_damage
from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import object_rows

DAY = date(2026, 11, 24)
N_FILES = 30


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """With a checkpoint, a file that no row of the latest version is in, and all digests."""
    lake = Lake(str(tmp_path / "lake"))
    for n in range(N_FILES):
        lake.insert_new(OBJECTS, object_rows(range(4 * n, 4 * n + 4)))
    lake.upsert(OBJECTS, object_rows(range(4), state="scored"))
    record(lake, files_of(lake), [OBJECTS])
    return lake


def check(lake: Lake, day: date = DAY) -> None:
    refuse_damage(lake, files_of(lake), [OBJECTS], day)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def live(lake: Lake) -> list[Path]:
    delta = lake.opened(OBJECTS)
    assert delta is not None
    return [
        Path(lake.url, "objects", path) for path in delta.get_add_actions()["path"].to_pylist()
    ]


def log(lake: Lake) -> Path:
    return Path(lake.url, "objects", "_delta_log")


def test_a_sound_lake_and_none_are_let_through(lake, tmp_path):
    check(lake)
    check(Lake(str(tmp_path / "none")))


def test_a_flip_in_a_file_of_the_latest_version_is_refused_with_the_remedy(lake):
    flip(live(lake)[7])
    with pytest.raises(ContractViolation, match=r"1 files .*mammo lake check.* is damaged"):
        check(lake)


@pytest.mark.parametrize("name", [f"{19:020}.checkpoint.parquet", f"{25:020}.json"])
def test_a_flip_in_the_log_that_is_read_is_refused_before_it_is_read(lake, name, monkeypatch):
    flip(log(lake) / name)
    monkeypatch.setattr(Lake, "opened", None)
    with pytest.raises(ContractViolation, match=f"{name} is damaged"):
        check(lake)


def test_what_the_latest_version_does_not_need_stops_no_night(lake):
    dead = set(Path(lake.url, "objects").glob("part-*.parquet")) - set(live(lake))
    assert dead
    for path in (*dead, log(lake) / f"{3:020}.json"):
        flip(path)
    check(lake)


def test_what_one_night_does_not_get_to_others_do(lake, monkeypatch):
    sizes = [path.stat().st_size for path in live(lake)]
    monkeypatch.setattr(nightly_check, "BYTES_A_NIGHT", ceil(sum(sizes) / 4))
    for path in live(lake):
        sound = path.read_bytes()
        flip(path)
        refused = []
        for n in range(4):
            try:
                check(lake, DAY + timedelta(days=n))
            except ContractViolation:
                refused.append(n)
        path.write_bytes(sound)
        assert len(refused) == 1


def test_a_file_that_an_erasure_writes_anew_meanwhile_is_not_called_damaged(lake, monkeypatch):
    path = live(lake)[0]
    flip(path)
    compare = nightly_check.differences

    def meanwhile(*arguments, **named):
        drop(lake, [str(path.relative_to(lake.url))])
        return compare(*arguments, **named)

    monkeypatch.setattr(nightly_check, "differences", meanwhile)
    check(lake)
