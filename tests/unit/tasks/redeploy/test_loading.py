"""What a repository serves, without a Triton and with one that is away; states of versions."""

from pathlib import Path

import pytest

from models.contract import MODEL_NAME
from tasks.errors import ContractViolation, Retryable
from tasks.redeploy.deployment import Decision, promote
from tasks.redeploy.loading import serve_versions
from tasks.redeploy.repository import (
    copy_versions,
    seal_package,
    served_versions,
    version_folder,
    write_configs,
)
from tasks.redeploy.versions import list_versions
from tests.support.lake_fixture import MemoryLake

AWAY = "127.0.0.1:1"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Versions 1 and 2 are whole, version 3 lacks its seal; version 1 is served."""
    root = tmp_path / "models"
    for version in ("1", "2", "3"):
        folder = version_folder(root, version)
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(version.encode())
    (root / MODEL_NAME / "model.py").write_text("")
    for version in ("1", "2"):
        seal_package(version_folder(root, version))
    write_configs(root, ["1"])
    return root


def test_without_a_triton_the_next_to_start_serves_them(repository):
    serve_versions(repository, ["1", "2"], None)
    assert served_versions(repository) == ["1", "2"]


def test_a_triton_away_changes_nothing(repository):
    with pytest.raises(Retryable, match="is away"):
        serve_versions(repository, ["1", "2"], AWAY)
    assert served_versions(repository) == ["1"]


def test_a_half_copied_version_is_never_named(repository):
    with pytest.raises(ContractViolation, match="not copied completely"):
        serve_versions(repository, ["1", "3"], None)
    assert served_versions(repository) == ["1"]


def test_a_private_repository_holds_only_what_was_asked(repository, tmp_path):
    copy_versions(repository, ["2"], tmp_path / "private")
    assert served_versions(tmp_path / "private") == ["2"]
    assert not version_folder(tmp_path / "private", "1").exists()


def test_states_follow_from_files_and_moves(repository):
    lake = MemoryLake()
    promote(lake, "1", "2", Decision("ana", "comparison-2", "a reason"))
    listed = {row["version"]: row for row in list_versions(lake, repository, "2")}
    assert [listed[name]["state"] for name in "123"] == ["former", "serving", "incomplete"]
    assert (listed["2"]["operator"], listed["2"]["override"]) == ("ana", "a reason")
    assert "not copied completely" in listed["3"]["problem"]
