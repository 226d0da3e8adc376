"""Packaging: the next number, whole or absent, and a sentence for what cannot be packaged."""

import shutil
import tarfile
from pathlib import Path

import pytest

from flows.packaging import package_run
from models.contract import MODEL_NAME
from models.record import read_record
from tasks.errors import ContractViolation, Misconfigured
from tasks.redeploy.repository import present_versions, verify_package, version_folder
from tests.support.servers import MODEL_REPOSITORY

SHIPPED = version_folder(MODEL_REPOSITORY, "1")
FILES = ("model.onnx", "model.safetensors", "model.json")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose version 1 is taken."""
    folder = tmp_path / "models"
    version_folder(folder, "1").mkdir(parents=True)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A version exported elsewhere, without a seal."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name in FILES:
        shutil.copy(SHIPPED / name, folder)
    return folder


def test_the_next_free_number_is_taken_and_sealed(repository, source):
    folder = package_run(source, repository)
    assert folder == version_folder(repository, "2")
    verify_package(folder)
    assert read_record(folder).model_version == "2"
    assert (folder / "model_card.md").read_text().startswith(f"# {MODEL_NAME}, version 2")


@pytest.mark.parametrize(("ending", "kind"), [("tar.gz", "gztar"), ("zip", "zip")])
def test_an_archive_is_packaged(repository, source, tmp_path, ending, kind):
    shutil.make_archive(str(tmp_path / "version"), kind, source)
    verify_package(package_run(tmp_path / f"version.{ending}", repository))


@pytest.mark.parametrize("version", ["1", "0", "-1", "two", "../9"])
def test_a_number_that_is_taken_or_none_is_refused(repository, source, version):
    with pytest.raises(Misconfigured, match=r"is taken|is no version"):
        package_run(source, repository, version)


def refused(repository: Path, source: Path) -> str:
    """Package what cannot be; the sentence, once nothing is left behind."""
    with pytest.raises((Misconfigured, ContractViolation)) as refusal:
        package_run(source, repository)
    assert present_versions(repository) == ["1"]
    assert [path.name for path in (repository / MODEL_NAME).iterdir()] == ["1"]
    return str(refusal.value)


def test_an_unreadable_archive_gets_a_sentence(repository, tmp_path):
    archive = tmp_path / "version.tar"
    archive.write_bytes(b"no archive")
    assert "no readable archive" in refused(repository, archive)


def test_an_archive_that_writes_elsewhere_is_refused(repository, source, tmp_path):
    archive = tmp_path / "version.tar"
    with tarfile.open(archive, "w") as file:
        file.add(source / "model.json", "../escaped.json")
    refused(repository, archive)
    assert not (tmp_path.parent / "escaped.json").exists()


def test_a_missing_file_is_named(repository, source):
    (source / "model.onnx").unlink()
    assert "model.onnx is named in the record and missing" in refused(repository, source)


def test_a_changed_file_is_named(repository, source):
    (source / "model.safetensors").write_bytes(b"other weights")
    assert "is not the file that its record describes" in refused(repository, source)


def test_a_damaged_record_gets_a_sentence(repository, source):
    (source / "model.json").write_text("{")
    assert "is no record of a model version" in refused(repository, source)


def test_a_folder_without_a_run_gets_a_sentence(repository, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "neither a training run" in refused(repository, tmp_path / "empty")
