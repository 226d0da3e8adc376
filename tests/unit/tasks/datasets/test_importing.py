from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.datasets import importing, mini_mias
from tasks.datasets.catalogue import IMPORTERS, describe_licence
from tasks.datasets.importing import import_reading
from tasks.lake.schemas import IMAGES, INSTANCES, LABELS
from tasks.lake.store import Lake
from tests.support.data_sets import HereAndNow, breast_picture, write_picture


class BreaksDown(HereAndNow):
    """A pool whose process is killed after three items."""

    n_done = 0

    def map_unordered(
        self, function: Callable[[Any], Any], items: Iterable[Any]
    ) -> Iterator[tuple[Any, Any]]:
        for result in super().map_unordered(function, items):
            if self.n_done == 3:
                raise KeyboardInterrupt
            self.n_done += 1
            yield result


class Backwards(HereAndNow):
    """A pool whose last item is done first."""

    def map_unordered(
        self, function: Callable[[Any], Any], items: Iterable[Any]
    ) -> Iterator[tuple[Any, Any]]:
        yield from reversed(list(super().map_unordered(function, items)))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "mini"
    folder.mkdir()
    films = [f"mdb{number:03d}" for number in range(1, 5)]
    (folder / "Info.txt").write_text("".join(f"{film} G NORM\n" for film in films))
    for seed, film in enumerate(films):
        write_picture(folder / f"{film}.pgm", breast_picture(1024, seed=seed))
    return folder


def run(lake: Lake, source: Path, pool: Any) -> dict[str, Any]:
    return import_reading(lake, mini_mias.CARD, mini_mias.read(source), pool)


def test_a_killed_import_goes_on_to_the_same_tables(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "IMAGES_PER_COMMIT", 2)
    killed, whole = Lake(str(tmp_path / "killed")), Lake(str(tmp_path / "whole"))
    with pytest.raises(KeyboardInterrupt):
        run(killed, source, BreaksDown())
    assert run(killed, source, HereAndNow())["written_now"]["images"] == 2
    run(whole, source, HereAndNow())
    for table in (INSTANCES, IMAGES, LABELS):
        assert killed.read(table).sort(table.key).equals(whole.read(table).sort(table.key))


def test_the_order_in_which_workers_end_changes_no_row(source: Path, tmp_path: Path) -> None:
    forwards, backwards = Lake(str(tmp_path / "forwards")), Lake(str(tmp_path / "backwards"))
    run(forwards, source, HereAndNow())
    run(backwards, source, Backwards())
    for table in (INSTANCES, IMAGES, LABELS):
        assert forwards.read(table).equals(backwards.read(table))


def test_an_image_that_arrives_later_joins_its_label(source: Path, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    later = (source / "mdb001.pgm").rename(tmp_path / "mdb001.pgm")
    assert run(lake, source, HereAndNow())["written_now"]["labels_without_image"] == 1
    later.rename(source / "mdb001.pgm")
    assert run(lake, source, HereAndNow())["written_now"] == {
        "images": 1,
        "labels_without_image": 0,
    }
    assert lake.read(LABELS).height == lake.read(IMAGES).height == 4


def test_a_black_picture_is_rejected_by_name(source: Path, tmp_path: Path) -> None:
    write_picture(source / "mdb002.pgm", 0 * breast_picture(1024))
    report = run(Lake(str(tmp_path / "lake")), source, HereAndNow())
    ((reason, rows),) = report["rejected_images"].items()
    assert reason.startswith("no_breast_found")
    assert rows == {"n": 1, "examples": ["mdb002.pgm"]}


@pytest.mark.parametrize("name", sorted(IMPORTERS))
def test_every_set_states_licence_citation_and_counts(name: str) -> None:
    card = IMPORTERS[name].CARD
    assert all((card.title, card.licence, card.terms, card.citation, card.published))
    assert card.licence in describe_licence(card)
