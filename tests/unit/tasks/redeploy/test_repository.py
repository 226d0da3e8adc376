import hashlib
import subprocess
from pathlib import Path

import pytest

from models.contract import MODEL_NAME
from tasks.errors import ContractViolation
from tasks.redeploy.repository import (
    seal_package,
    served_versions,
    verify_package,
    verify_served_versions,
    write_configs,
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A sealed version folder."""
    folder = tmp_path / MODEL_NAME / "1"
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"weights")
    (folder / "model.json").write_text("{}")
    seal_package(folder)
    return folder


def test_a_sealed_package_verifies(package: Path):
    verify_package(package)


def test_the_seal_is_what_sha256sum_reads(package: Path):
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=package, check=True)
    assert hashlib.sha256(b"weights").hexdigest() in (package / "SHA256SUMS").read_text()


def test_a_seal_renewed_is_the_same(package: Path):
    before = (package / "SHA256SUMS").read_bytes()
    seal_package(package)
    assert (package / "SHA256SUMS").read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda folder: (folder / "SHA256SUMS").unlink(), "SHA256SUMS is missing"),
        (lambda folder: (folder / "model.onnx").unlink(), "model.onnx is listed"),
        (lambda folder: (folder / "model.onnx").write_bytes(b"weighty"), "model.onnx differs"),
        (lambda folder: (folder / "model.plan").touch(), "model.plan is not listed"),
        (lambda folder: (folder / "SHA256SUMS").write_text("torn"), "SHA256SUMS is damaged"),
    ],
)
def test_a_spoilt_package_is_refused_by_name(package: Path, spoil, complaint: str):
    spoil(package)
    with pytest.raises(ContractViolation, match=complaint):
        verify_package(package)


def test_a_version_without_folder_is_refused(tmp_path: Path):
    write_configs(tmp_path, ["3"])
    with pytest.raises(ContractViolation, match=r"There is no version 3 .* `mammo model list"):
        verify_served_versions(tmp_path)


def test_configurations_name_the_versions_that_they_serve(tmp_path: Path):
    write_configs(tmp_path, ["2", "11"])
    assert served_versions(tmp_path) == ["2", "11"]


def test_a_folder_without_configuration_is_refused(tmp_path: Path):
    with pytest.raises(ContractViolation, match="No model repository"):
        served_versions(tmp_path)
