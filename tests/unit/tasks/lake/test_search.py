"""A text is found in any file below a lake, in nested columns, footers and logs."""

from pathlib import Path

import polars as pl
import pytest

from tasks.lake.files import LakeFiles
from tasks.lake.search import search

WANTED = frozenset({"needle"})


@pytest.mark.parametrize(
    "values",
    [
        ["a needle in hay"],
        [["hay", "needle"]],
        [{"inner": "needle"}],
        [[{"inner": ["needle"]}]],
    ],
    ids=["part", "list", "struct", "nested"],
)
def test_a_text_is_found_in_a_column(tmp_path: Path, values):
    hay = "x" * 5000
    frame = pl.DataFrame({"first": [hay], "column": values})
    frame.write_parquet(tmp_path / "file.parquet", statistics=False)
    searched = search(LakeFiles(str(tmp_path)), WANTED)
    assert searched.found_in == ("file.parquet",)


def test_a_text_in_the_footer_alone_is_found(tmp_path: Path):
    frame = pl.DataFrame({"column": [1]})
    frame.write_parquet(tmp_path / "file.parquet", metadata={"note": "needle"})
    assert search(LakeFiles(str(tmp_path)), WANTED).found_in == ("file.parquet",)


def test_other_files_are_searched_as_text_and_named_folders_are_not(tmp_path: Path):
    for name in ("a/log.json", "b/log.json"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("needle é")
    (tmp_path / "torn.parquet").write_bytes(b"PAR1")
    searched = search(LakeFiles(str(tmp_path)), WANTED, ignored_folders=("b",))
    assert searched.found_in == ("a/log.json",)
    assert searched.unreadable == ("torn.parquet",)
    assert searched.n_files == 2


def test_nothing_is_found_where_nothing_is(tmp_path: Path):
    pl.DataFrame({"column": ["hay"]}).write_parquet(tmp_path / "file.parquet")
    searched = search(LakeFiles(str(tmp_path)), WANTED)
    assert (searched.found_in, searched.unreadable) == ((), ())
    assert searched.n_texts >= 2
