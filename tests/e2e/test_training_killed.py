"""`mammo train` killed with -9 at random moments, then called again: the same bytes."""

import os
import random
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.data_sets import real_files

WORDS = (b"epoch 1: ", b"epoch 2: ")
"""A kill comes after each: before anything was kept, and when an epoch was."""

START_S = 1200
QUIET = {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}

pytestmark = pytest.mark.long


def command(root: Path, name: str) -> list[str]:
    """Train on mini-MIAS from its files to a version, all state below one folder."""
    options = (
        f"train --data mini-mias --from {real_files('mini_mias')} --accept-licence --epochs 2 "
        f"--folder {root / name / 'run'} --repository {root / name / 'models'} --version 9"
    )
    return [sys.executable, "-m", "flows.cli", *shlex.split(options)]


def start(root: Path, name: str) -> subprocess.Popen[bytes]:
    (root / name).mkdir(parents=True, exist_ok=True)
    environment = os.environ | QUIET | {"SMART_MAMMO_HOME": str(root / name / "home")}
    with (root / name / "log").open("ab") as log:
        return subprocess.Popen(
            command(root, name),
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def finish(root: Path, name: str) -> bytes:
    process = start(root, name)
    assert process.wait(START_S) == 0, (root / name / "log").read_text()
    return (root / name / "models/mammography/9/model.safetensors").read_bytes()


def kill_after(root: Path, name: str, words: bytes, moments: random.Random) -> None:
    """Wait for a line of the training's own, then a while, and kill the whole group."""
    log = root / name / "log"
    before = log.stat().st_size if log.exists() else 0
    process = start(root, name)
    deadline = time.monotonic() + START_S
    while words not in log.read_bytes()[before:] and process.poll() is None:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)
    time.sleep(moments.uniform(0, 10))
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_training_killed_at_random_ends_with_the_same_weights(tmp_path: Path):
    undisturbed = finish(tmp_path, "undisturbed")
    moments = random.Random(int.from_bytes(os.urandom(4)))
    for words in WORDS:
        kill_after(tmp_path, "killed", words, moments)
    if not (tmp_path / "killed/models/mammography/9/SHA256SUMS").exists():
        assert finish(tmp_path, "killed") == undisturbed
    killed = tmp_path / "killed/models/mammography/9/model.safetensors"
    assert killed.read_bytes() == undisturbed
