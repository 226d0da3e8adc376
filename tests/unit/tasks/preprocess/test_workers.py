import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tasks.errors import ContractViolation, Rejected, RejectionReason, Retryable
from tasks.preprocess.workers import WorkerPool
from tests.support.misbehaviour import behave, crash_once, meet

GOOD = [f"ok {number}" for number in range(6)]


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(n_workers=2, timeout_s=1.0, memory_limit_bytes=1 << 30) as pool:
        yield pool


@pytest.mark.parametrize(
    ("deed", "reason", "detail"),
    [
        ("segfault", RejectionReason.DECODER_CRASHED, "ended with code -11"),
        ("abort", RejectionReason.DECODER_CRASHED, "ended with code -6"),
        ("panic", RejectionReason.DECODER_CRASHED, "panicked"),
        ("allocate", RejectionReason.DECODER_CRASHED, "more than 1024 MiB"),
        ("spin", RejectionReason.DECODER_TIMEOUT, "more than 1 s"),
        ("spin_holding_the_gil", RejectionReason.DECODER_TIMEOUT, "more than 1 s"),
        ("reject", RejectionReason.TRUNCATED, "3 of 4 bytes"),
    ],
)
def test_a_deadly_item_is_set_aside_and_the_others_pass(
    pool: WorkerPool, deed: str, reason: RejectionReason, detail: str
) -> None:
    results = dict(pool.map_unordered(behave, [*GOOD[:3], deed, *GOOD[3:]]))
    verdict = results.pop(deed)
    assert isinstance(verdict, Rejected)
    assert verdict.reason == reason
    assert detail in verdict.detail
    assert results == {item: item.upper() for item in GOOD}


def test_all_kinds_of_death_at_once_harm_only_their_items(pool: WorkerPool) -> None:
    deadly = ["segfault", "abort", "panic", "allocate", "spin"]
    results = dict(pool.map_unordered(behave, [*deadly, *GOOD]))
    assert {item for item, result in results.items() if isinstance(result, Rejected)} == set(
        deadly
    )
    assert [results[item] for item in GOOD] == [item.upper() for item in GOOD]


def test_a_worker_that_dies_once_costs_nothing(pool: WorkerPool, tmp_path) -> None:
    marker = str(tmp_path / "seen")
    assert dict(pool.map_unordered(crash_once, [marker])) == {marker: "second try"}


def test_work_goes_on_while_a_worker_hangs(pool: WorkerPool) -> None:
    finished = [item for item, _ in pool.map_unordered(behave, ["spin", *GOOD])]
    assert (finished[-1], set(finished[:-1])) == ("spin", set(GOOD))


def test_every_worker_that_died_is_replaced(tmp_path) -> None:
    with WorkerPool(2, 20.0, 1 << 30) as pool:
        deaths = dict(pool.map_unordered(behave, ["segfault", "abort", "panic"]))
        assert all(isinstance(result, Rejected) for result in deaths.values())
        met = [result for _, result in pool.map_unordered(meet, [str(tmp_path)] * 2)]
    assert met == ["met", "met"]


def test_a_store_that_is_away_is_no_verdict_on_the_item(pool: WorkerPool) -> None:
    ((_, result),) = pool.map_unordered(behave, ["fail_for_now"])
    assert isinstance(result, Retryable)


def test_waiting_for_a_server_is_off_the_clock(pool: WorkerPool) -> None:
    ((_, result),) = pool.map_unordered(behave, ["wait_for_a_server"])
    assert result == "WAIT_FOR_A_SERVER"


def test_a_server_that_never_answers_leaves_the_item_for_later() -> None:
    with WorkerPool(1, 0.2, 1 << 30, off_the_clock_limit_s=0.3) as pool:
        ((_, result),) = pool.map_unordered(behave, ["wait_for_a_server"])
    assert isinstance(result, Retryable)


def test_a_contract_violation_stops_the_caller(pool: WorkerPool) -> None:
    with pytest.raises(ContractViolation, match="The shapes differ"):
        list(pool.map_unordered(behave, ["violate"]))


def test_a_flaw_of_ours_stops_the_caller_without_quoting_values(pool: WorkerPool) -> None:
    with pytest.raises(RuntimeError, match=r"behave raised KeyError at misbehaviour") as caught:
        list(pool.map_unordered(behave, ["flaw"]))
    assert "Muñoz" not in repr(caught.value)


def test_two_threads_share_a_pool(pool: WorkerPool) -> None:
    batches = [[f"ok {batch} {n}" for n in range(20)] + ["abort"] for batch in range(2)]
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(
            lambda items: dict(pool.map_unordered(behave, items)), batches
        )
    assert set(first) == set(batches[0])
    assert set(second) == set(batches[1])


def test_items_are_taken_as_workers_come_free(pool: WorkerPool) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield f"ok {taken}"

    results = pool.map_unordered(behave, endless())
    next(results)
    results.close()
    assert taken <= 2 * pool.n_workers + 1


def test_a_pool_sent_to_another_process_is_a_new_pool_there(pool: WorkerPool) -> None:
    with pickle.loads(pickle.dumps(pool)) as copy:
        assert dict(copy.map_unordered(behave, ["ok"])) == {"ok": "OK"}
    assert copy.timeout_s == pool.timeout_s


def test_idle_workers_that_are_killed_are_replaced() -> None:
    with WorkerPool(1, 5.0, 1 << 30) as pool:
        ((_, pid),) = pool.map_unordered(_own_pid, [0])
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        assert dict(pool.map_unordered(behave, GOOD)) == {item: item.upper() for item in GOOD}


def _own_pid(_: int) -> int:
    return os.getpid()


def test_no_process_outlives_a_killed_parent() -> None:
    program = """
        import time
        from tasks.preprocess.workers import WorkerPool
        from tests.support.misbehaviour import behave
        pool = WorkerPool(2, 60, 1 << 30)
        print(next(pool.map_unordered(behave, ["ok"]))[1], flush=True)
        list(pool.map_unordered(behave, ["spin_holding_the_gil", "spin"]))
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE
    )
    with parent, parent.stdout:
        assert parent.stdout.readline() == b"OK\n"
        time.sleep(0.5)
        family = psutil.Process(parent.pid).children(recursive=True)
        parent.kill()
    assert len(family) >= 3
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []


def test_workers_have_the_environment_of_their_pool_and_not_of_the_fork_server(monkeypatch):
    """Two stores in one process: the second's workers once asked with the first's key."""
    for key in ("first", "second"):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        with WorkerPool(1, 1.0, 1 << 30) as pool:
            assert list(pool.map_unordered(os.getenv, ["AWS_ACCESS_KEY_ID"])) == [
                ("AWS_ACCESS_KEY_ID", key)
            ]
