"""Makes the next version folder: from a training run, or from a version made elsewhere.

It builds beside the repository's versions and renames when the seal is written, so a folder is
whole or absent. It overwrites no version and serves none.
"""

import json
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.training.package import package_finished_run
from models.contract import MODEL_NAME
from models.export import ONNX_NAME, answer_eagerly
from models.onnx_file import UnusableOnnxError, check_onnx
from models.packaged import load_packaged
from models.record import RECORD_NAME, ModelRecord, describe_file, read_record
from models.weights import WEIGHTS_NAME
from tasks.errors import ContractViolation, Misconfigured
from tasks.redeploy.golden import describe_golden, golden_inputs
from tasks.redeploy.model_card import render_model_card
from tasks.redeploy.repository import (
    CHECKSUM_FILE,
    present_versions,
    seal_package,
    verify_package,
    version_folder,
)

CARD_NAME = "model_card.md"


def package_run(source: Path, repository: Path, version: str | None = None) -> Path:
    """Package a training run, or a version folder made elsewhere, as a version.

    Args:
        source: A run's folder, as `mammo train` leaves it; or a folder or archive (.tar, .zip)
            that holds model.onnx and model.json.
        repository: Triton's model repository.
        version: To write; the next free number if left out.

    Returns:
        The version's folder, sealed.

    Raises:
        Misconfigured: If the version is taken, or the source cannot be read or is unfinished.
        ContractViolation: If a file is not what its record or seal says.
    """
    version = version or _next_version(repository)
    _check_free(repository, version)
    with _opened(source) as folder, _draft(repository, version) as draft:
        if (folder / RECORD_NAME).is_file():
            _package_files(folder, draft)
        else:
            package_finished_run(folder, draft)
        _write_card(draft)
        seal_package(draft)
    return version_folder(repository, version)


def _next_version(repository: Path) -> str:
    return str(max(map(int, present_versions(repository)), default=0) + 1)


def _check_free(repository: Path, version: str) -> None:
    if not version.isdecimal() or int(version) < 1:
        raise Misconfigured(f"{version!r} is no version: Triton takes whole numbers from 1.")
    folder = version_folder(repository, version)
    if folder.exists():
        raise Misconfigured(
            f"Version {version} is taken ({folder}): leave --version out, or name another one."
        )


@contextmanager
def _draft(repository: Path, version: str) -> Generator[Path]:
    """A folder under a name that Triton never loads, renamed once all of it is there."""
    hidden = repository / MODEL_NAME / f".draft-{version}"
    shutil.rmtree(hidden, ignore_errors=True)
    draft = hidden / version
    draft.mkdir(parents=True)
    try:
        yield draft
        draft.rename(version_folder(repository, version))
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


@contextmanager
def _opened(source: Path) -> Generator[Path]:
    """The folder that the source is, or holds."""
    if source.is_dir():
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="smart-mammo-package-") as name:
        folder = Path(name)
        try:
            _unpack(source, folder)
        except (OSError, tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
            raise Misconfigured(
                f"{source} is no training run and no readable archive ({error}): copy it again."
            ) from error
        inside = [path.parent for path in sorted(folder.rglob(RECORD_NAME))]
        yield inside[0] if inside else folder


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack without letting the archive write elsewhere."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder)  # noqa: S202  # zipfile keeps names below the folder
        return
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")


def _package_files(source: Path, folder: Path) -> None:
    """Take over a version that was exported elsewhere, under another number."""
    if (source / CHECKSUM_FILE).exists():
        verify_package(source)
    record = _read_record(source)
    for name in (ONNX_NAME, WEIGHTS_NAME):
        if name in record.files:
            _take(source / name, folder / name, record.files[name])
    try:
        check_onnx(folder / ONNX_NAME)
    except UnusableOnnxError as error:
        raise ContractViolation(str(error)) from error
    golden = record.golden or _golden_of(folder, record)
    replace(record, model_version=folder.name, golden=golden).write(folder)


def _read_record(folder: Path) -> ModelRecord:
    try:
        return read_record(folder)
    except (OSError, ValueError, TypeError) as error:
        raise Misconfigured(
            f"{folder / RECORD_NAME} is no record of a model version ({error}): "
            "export it again."
        ) from error


def _take(source: Path, target: Path, stated: Mapping[str, Any]) -> None:
    if not source.is_file():
        raise Misconfigured(f"{source} is named in the record and missing: copy it again.")
    shutil.copyfile(source, target)
    if describe_file(target) != stated:
        raise ContractViolation(f"{source} is not the file that its record describes.")


def _golden_of(folder: Path, record: ModelRecord) -> dict[str, Any]:
    """The network's own answers, where its weights came along; else none."""
    if WEIGHTS_NAME not in record.files:
        return {}
    record.write(folder)
    inputs = golden_inputs()
    return describe_golden(inputs, answer_eagerly(load_packaged(folder), inputs))


def _write_card(folder: Path) -> None:
    record = json.loads((folder / RECORD_NAME).read_text())
    (folder / CARD_NAME).write_text(render_model_card(record), encoding="utf-8")
