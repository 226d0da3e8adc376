from collections import defaultdict

import polars as pl
import pytest

from models.balance import MAX_COPIES, balanced_copies

SCHEMA = {
    "sop_instance_key": pl.String,
    "patient_key": pl.String,
    "is_malignant": pl.Boolean,
    "finding": pl.String,
}


def table(*rows: tuple[str, bool]) -> pl.DataFrame:
    """Images of patients, masses all."""
    data = [(str(n), patient, bad, "mass") for n, (patient, bad) in enumerate(rows)]
    return pl.DataFrame(data, schema=SCHEMA, orient="row")


def test_classes_and_patients_weigh_the_same() -> None:
    labels = table(("a", False), ("a", False), ("a", False), ("b", False), ("c", True))
    copies = balanced_copies(labels)
    weight: dict[str, float] = defaultdict(float)
    for row in labels.iter_rows(named=True):
        weight[row["patient_key"]] += copies[row["sop_instance_key"]]
    assert weight["a"] == pytest.approx(weight["b"])
    assert weight["c"] == pytest.approx(weight["a"] + weight["b"])
    assert sum(copies.values()) == pytest.approx(labels.height)


def test_a_rare_class_is_not_repeated_without_end() -> None:
    copies = balanced_copies(table(*[(f"p{n}", False) for n in range(99)], ("c", True)))
    assert copies["99"] == MAX_COPIES


def test_an_unknown_class_is_a_class() -> None:
    labels = table(("a", False), ("b", True)).with_columns(finding=pl.lit(None, pl.String))
    assert balanced_copies(labels) == {"0": 1.0, "1": 1.0}


def test_nothing_gives_nothing() -> None:
    assert balanced_copies(table()) == {}
