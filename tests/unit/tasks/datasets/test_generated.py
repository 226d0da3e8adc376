from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.contract import FINDING_CLASSES
from models.dataset import MammogramStream, StreamConfig
from models.tables import open_table, read_labels
from tasks.datasets import generated
from tasks.datasets.generated import make_generated_set
from tasks.datasets.generated_exam import ExamJob, make_exam
from tasks.errors import ContractViolation, Rejected, RejectionReason
from tasks.lake.schemas import IMAGES, INSTANCES, LABELS
from tasks.lake.store import Lake
from tasks.synthetic.exams import generate_image, plan_exam
from tasks.synthetic.plan import CampaignPlan

PLAN = CampaignPlan(3, seed=5, cancer_fraction=0.9, trouble=False, size_scale=0.25)


class HereAndNow:
    """A pool without processes; it may break down after some items."""

    def __init__(self, n_items: int = 1000) -> None:
        self.n_items = n_items

    def map_unordered(
        self, function: Callable[[Any], Any], items: Iterable[Any]
    ) -> Iterator[tuple[Any, Any]]:
        for place, item in enumerate(items):
            if place == self.n_items:
                raise KeyboardInterrupt
            yield item, function(item)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(str(tmp_path_factory.mktemp("generated")))
    assert make_generated_set(made, PLAN, HereAndNow()) == 3
    return made


def test_every_table_holds_the_same_images(lake: Lake) -> None:
    keys = [set(lake.read(table)["sop_instance_key"]) for table in (INSTANCES, IMAGES, LABELS)]
    assert keys[0] == keys[1] == keys[2]
    assert len(keys[0]) == 12


def test_labels_are_the_generators_truth(lake: Lake) -> None:
    exam = plan_exam(PLAN, 0)
    truth = generate_image(PLAN, exam, "R", "CC").truth
    row = make_exam(ExamJob(PLAN, 0)).labels[0]
    assert (row["is_malignant"], row["breast_density"]) == (
        truth.is_malignant,
        truth.breast_density,
    )
    assert [region["top_px"] for region in row["regions"]] == [
        lesion.top_px for lesion in truth.lesions
    ]


def test_lesions_lie_in_the_breast_of_the_network_input(lake: Lake) -> None:
    folder = Path(lake.url)
    labels = read_labels(folder / "labels")
    with_lesion = labels.filter(pl.col("regions").list.len() > 0)
    assert with_lesion.height > 3
    for sample in MammogramStream(open_table(folder / "images"), with_lesion, StreamConfig()):
        rows, columns = (sample["cells"][1:].amax(0) == 1).nonzero().float().mean(0)
        around = sample["image"][0, int(16 * rows) : int(16 * rows) + 16, int(16 * columns)]
        assert around.float().mean() > 20


def test_regions_are_named_by_finding_class(lake: Lake) -> None:
    regions = lake.read(LABELS)["regions"].explode().drop_nulls().struct.unnest()
    assert set(regions["finding"]) <= set(FINDING_CLASSES)


def test_a_second_call_makes_nothing_and_commits_nothing(lake: Lake) -> None:
    before = lake.version(LABELS)
    assert make_generated_set(lake, PLAN, HereAndNow()) == 0
    assert lake.version(LABELS) == before


def test_a_killed_run_goes_on_to_the_same_tables(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generated, "EXAMS_PER_COMMIT", 1)
    killed = Lake(str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        make_generated_set(killed, PLAN, HereAndNow(n_items=1))
    assert make_generated_set(killed, PLAN, HereAndNow()) == 2
    for table in (INSTANCES, IMAGES, LABELS):
        assert killed.read(table).sort(table.key).equals(lake.read(table).sort(table.key))


def test_a_lake_of_another_preprocessing_is_not_mixed(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generated, "PREPROCESSING_VERSION", "another")
    with pytest.raises(ContractViolation, match="delete it or choose another folder"):
        make_generated_set(lake, PLAN, HereAndNow())


def test_an_exam_that_cannot_be_made_stops_the_set(tmp_path: Path) -> None:
    class Refusing(HereAndNow):
        def map_unordered(
            self, function: Callable[[Any], Any], items: Iterable[Any]
        ) -> Iterator[tuple[Any, Any]]:
            yield None, Rejected(RejectionReason.NO_BREAST_FOUND, "All of it is air.")

    with pytest.raises(ContractViolation, match="All of it is air"):
        make_generated_set(Lake(str(tmp_path)), PLAN, Refusing())
