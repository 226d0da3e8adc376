"""Triton's model repository: its configurations, and versions with a seal.

A version folder whose checksum file is missing or disagrees is refused: half-copied or changed.
"""

import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from models.contract import MODEL_NAME
from tasks.errors import ContractViolation
from tasks.lake.files import write_whole
from tasks.redeploy.triton_configs import (
    CPU_CONFIG,
    TORCH_CONFIG,
    cpu_config,
    gpu_config,
    torch_config,
)

CHECKSUM_FILE = "SHA256SUMS"
"""As `sha256sum --check` reads it."""

CODE_FILE = "model.py"
"""What the python backend runs: code of this repository, the same for every version."""


def write_configs(repository: Path, versions: Sequence[str]) -> None:
    """Write the configurations, serving exactly these versions; each file whole or not."""
    folder = repository / MODEL_NAME
    (folder / "configs").mkdir(parents=True, exist_ok=True)
    for name, config in ((CPU_CONFIG, cpu_config), (TORCH_CONFIG, torch_config)):
        write_whole(folder / "configs" / f"{name}.pbtxt", config(versions).encode())
    write_whole(folder / "config.pbtxt", gpu_config(versions).encode())


def served_versions(repository: Path) -> list[str]:
    """The versions that the repository's configuration names.

    Raises:
        ContractViolation: If there is no configuration or it names none.
    """
    path = repository / MODEL_NAME / "config.pbtxt"
    try:
        found = re.search(r"specific \{ versions: \[([\d, ]+)\]", path.read_text())
    except OSError as error:
        raise ContractViolation(f"No model repository at {repository}: {error}") from error
    if not found:
        raise ContractViolation(f"{path} serves no specific version.")
    return [version.strip() for version in found[1].split(",")]


def verify_served_versions(repository: Path) -> None:
    """Verify every version that Triton would load.

    Raises:
        ContractViolation: If one is missing, incomplete or changed; the message names the file.
    """
    for version in served_versions(repository):
        verify_package(repository / MODEL_NAME / version)


def seal_package(folder: Path) -> None:
    """Complete a version folder: link the shared model.py, then write the checksum file.

    Triton wants model.py in each version; a link keeps its text once for all of them.
    """
    code = folder / CODE_FILE
    if not code.is_symlink():
        code.symlink_to(Path("..") / CODE_FILE)
    lines = [f"{_digest(folder / name)}  {name}\n" for name in _content(folder)]
    write_whole(folder / CHECKSUM_FILE, "".join(lines).encode())


def verify_package(folder: Path) -> None:
    """Compare a version folder with its checksum file.

    Raises:
        ContractViolation: If a file is missing, changed or unlisted, or the seal is missing.
    """
    if not folder.is_dir():
        raise ContractViolation(
            f"There is no version {folder.name} in {folder.parent}: `mammo model list` shows "
            "those there are, `mammo model package` makes one."
        )
    seal = folder / CHECKSUM_FILE
    if not seal.is_file():
        raise ContractViolation(
            f"{seal} is missing: the version was not copied completely. Copy it again."
        )
    listed = _read_seal(seal)
    present = _content(folder)
    for name in sorted({*listed, *present}):
        if name not in present:
            raise ContractViolation(
                f"{folder / name} is listed in {CHECKSUM_FILE} and missing."
            )
        if name not in listed:
            raise ContractViolation(f"{folder / name} is not listed in {CHECKSUM_FILE}.")
        if _digest(folder / name) != listed[name]:
            raise ContractViolation(f"{folder / name} differs from its checksum.")


def package_digest(folder: Path) -> str:
    """Digest of a version's checksum file, which stands for all its files.

    Raises:
        ContractViolation: If the version is incomplete or changed.
    """
    verify_package(folder)
    return _digest(folder / CHECKSUM_FILE)


def version_folder(repository: Path, version: str) -> Path:
    """Where a version lies."""
    return repository / MODEL_NAME / version


def present_versions(repository: Path) -> list[str]:
    """Every version folder, complete or not, by number."""
    folder = repository / MODEL_NAME
    names = [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return sorted((name for name in names if name.isdecimal()), key=int)


def copy_versions(repository: Path, versions: Sequence[str], target: Path) -> None:
    """Make another repository that holds and serves these versions alone, each verified.

    Raises:
        ContractViolation: If a version is missing, incomplete or changed.
    """
    for version in versions:
        verify_package(version_folder(repository, version))
        shutil.copytree(
            version_folder(repository, version),
            version_folder(target, version),
            symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copy(repository / MODEL_NAME / CODE_FILE, target / MODEL_NAME / CODE_FILE)
    write_configs(target, versions)


def _read_seal(seal: Path) -> dict[str, str]:
    """Digest by name."""
    lines = [line.partition("  ") for line in seal.read_text().splitlines()]
    if not all(name for _, _, name in lines):
        raise ContractViolation(f"{seal} is damaged: copy the version again.")
    return {name: digest for digest, _, name in lines}


def _content(folder: Path) -> list[str]:
    """Names of a version's own files: no seal, no hidden drafts, no link to the code."""
    files = (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    return sorted(
        path.name for path in files if path.name != CHECKSUM_FILE and path.name[0] != "."
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
