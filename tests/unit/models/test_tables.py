from pathlib import Path

import polars as pl
import pytest

from models.tables import LABEL_COLUMNS, open_table, read_labels, with_split
from tests.support.network_inputs import write_tables


def test_a_delta_table_reads_like_a_folder_of_parquet(tmp_path: Path) -> None:
    _, folder = write_tables(tmp_path, 4)
    read_labels(folder).write_delta(tmp_path / "delta")
    assert read_labels(tmp_path / "delta").equals(read_labels(folder))


def test_the_missing_column_is_named(tmp_path: Path) -> None:
    pl.DataFrame({name: ["x"] for name in LABEL_COLUMNS if name != "regions"}).write_parquet(
        tmp_path / "labels.parquet"
    )
    with pytest.raises(KeyError, match="regions"):
        read_labels(tmp_path / "labels.parquet")


def test_an_absent_table_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="import or generate"):
        open_table(tmp_path / "nowhere")


def test_a_patients_images_fall_into_one_split(tmp_path: Path) -> None:
    labels = with_split(read_labels(write_tables(tmp_path, 60)[1]), 0.3, seed=1)
    by_patient = labels.group_by("patient_key").agg(pl.col("split").n_unique())
    assert by_patient["split"].to_list() == [1] * 60
    assert 0.15 < (labels["split"] == "validation").mean() < 0.45


def test_a_split_of_the_data_set_is_kept(tmp_path: Path) -> None:
    labels = read_labels(write_tables(tmp_path, 4)[1]).with_columns(split=pl.lit("test"))
    assert with_split(labels, 0.5, seed=1)["split"].unique().to_list() == ["test"]
