"""A disk that is full, or fails at any write of a commit: rows and lists stay whole.

The kernel fails, not a stand-in: a file system of so many pages, or system calls that are made
to fail as they are entered.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lake_failing import commit, content
from tests.support.servers import ROOT

BEFORE = {f"unit-1/{number}.dcm": "pending" for number in range(8)}
AFTER = BEFORE | {f"unit-1/{number}.dcm": "scored" for number in range(4, 12)}
OLD_LIST, NEW_LIST = 3, 5
SAID = "The storage of table "

LOGS = {
    name: f"{name}/_delta_log/00000000000000000002.json#1"
    for name in ("objects", "priority_lists")
}
"""An entry of the change, under the name that it has while it is written."""

FAILING_CALLS = [
    *((call, LOGS[name], 1) for call in ("openat", "write") for name in LOGS),
    *((call, None, number) for call in ("linkat", "rename") for number in (1, 2)),
    *(("fsync", None, number) for number in range(1, 4)),
]


def victim(*before: str, part: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the committing process, under another program where one is named."""
    return subprocess.run(
        [*before, sys.executable, "-m", "tests.support.lake_failing", part, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def assert_whole(objects: dict[str, str], n_listed: int) -> None:
    """Hold each row to its former or its new self, and the list to one of both."""
    assert set(BEFORE) <= set(objects) <= set(AFTER)
    assert all(state in (BEFORE.get(key), AFTER[key]) for key, state in objects.items())
    assert n_listed in (OLD_LIST, NEW_LIST)


def test_a_full_disk_leaves_rows_whole_and_a_sentence(tmp_path: Path):
    done = victim("unshare", "--map-root-user", "--mount", part="fill", folder=tmp_path)
    if "Operation not permitted" in done.stderr:
        pytest.skip("This machine lets nobody mount a small disk of their own.")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for sentence, found, again, then in said:
        assert_whole(*found)
        assert sentence or found == [AFTER, NEW_LIST]
        assert (again, then) == ("", [AFTER, NEW_LIST])
    failed = [sentence for sentence, *_ in said if sentence]
    assert 6 <= len(failed) < len(said), "the disk is full at each write, and then at none"
    assert all(one.startswith(SAID) and "No space left" in one for one in failed)
    assert {found[1] for _, found, *_ in said} == {OLD_LIST, NEW_LIST}


@pytest.mark.parametrize(("call", "file", "number"), FAILING_CALLS)
def test_a_call_that_fails_leaves_rows_whole_and_a_sentence(call, file, number, tmp_path):
    folder = tmp_path / "lake"
    assert commit("begin", folder) == ""
    inject = f"inject={call}:error=EIO:when={number}"
    path = ["-P", str(folder / file)] if file else []
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", *path, f"-etrace={call}", "-e", inject]
    done = victim(*strace, part="change", folder=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout).startswith(SAID), "the call did not fail"
    assert_whole(*content(folder))
    assert commit("change", folder) == ""
    assert content(folder) == (AFTER, NEW_LIST)
