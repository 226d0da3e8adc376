import numpy as np
import polars as pl
import pytest

from tasks.datasets.leakage import Hash, check_leakage, near_copies, perceptual_hash
from tasks.errors import ContractViolation
from tasks.lake.schemas import LABELS
from tests.support.data_sets import breast_picture


def label(key: str, patient: str, split: str | None) -> dict[str, object]:
    return {
        **dict.fromkeys(LABELS.schema),
        "sop_instance_key": key,
        "patient_key": patient,
        "split": split,
        "regions": [],
    }


def labels(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return LABELS.frame([label(*row) for row in rows])


def hashes(**pictures: np.ndarray) -> dict[str, Hash]:
    return {key: perceptual_hash(picture) for key, picture in pictures.items()}


def test_a_split_by_patient_passes_with_its_counts() -> None:
    table = labels(("a", "p1", "training"), ("b", "p1", "training"), ("c", "p2", "test"))
    assert check_leakage(table) == {"test": 1, "training": 2}


def test_a_patient_on_both_sides_is_named() -> None:
    table = labels(("a", "p1", "training"), ("b", "p1", "test"))
    with pytest.raises(ContractViolation, match="patient p1 in test and training"):
        check_leakage(table)


def test_images_without_a_split_are_on_no_side() -> None:
    assert check_leakage(labels(("a", "p1", None), ("b", "p1", "test"))) == {"test": 1}


@pytest.mark.parametrize("n_quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_turned_copy_of_another_patients_name_is_refused(
    n_quarters: int, is_mirrored: bool
) -> None:
    picture = breast_picture(seed=1)
    copy = np.rot90(picture[:, ::-1] if is_mirrored else picture, n_quarters)
    brighter = np.clip(copy * 1.05 + 4, 0, 255).astype(np.uint8)
    table = labels(("a", "p1", "training"), ("b", "p2", "test"))
    with pytest.raises(ContractViolation, match="image b in test like a in training"):
        check_leakage(table, hashes(a=picture, b=brighter))


def test_other_breasts_are_no_copies() -> None:
    made = hashes(**{str(seed): breast_picture(seed=seed) for seed in range(12)})
    assert near_copies(list("01234"), list("56789"), made) == []


def test_the_message_counts_all_pairs_and_names_some() -> None:
    rows = [(f"{side}{n}", f"p{n}", side) for n in range(30) for side in ("test", "training")]
    with pytest.raises(ContractViolation, match="30 patients or images") as caught:
        check_leakage(labels(*rows))
    assert str(caught.value).count("patient p") == 10
