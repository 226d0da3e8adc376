"""Shards reach a runner as they are found: each step once, scoring behind its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from prefect.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner

from flows import runners
from flows.runners import submit_shards
from tasks import steps

STAGES = {steps.preprocess: "preprocess", steps.score: "score"}


class Future:
    def __init__(self, name: tuple[str, str]) -> None:
        self.name = name

    def wait(self) -> None:
        """It is done."""


class Recorder:
    """Instead of running steps, keeps their names in the order of submission."""

    submitted: list[tuple[str, str]]

    def submit(self, step: Any, shard: dict[str, Any], wait_for: Any = ()) -> Future:
        name = (STAGES[step], shard["exam_keys"][0])
        self.submitted.append(name)
        assert [future.value.name for future in wait_for] in ([], [("preprocess", name[1])])
        return Future(name)


class Threads(Recorder, ThreadPoolTaskRunner):
    pass


class Processes(Recorder, ProcessPoolTaskRunner):
    pass


@pytest.fixture(params=[Threads, Processes])
def runner(request) -> Recorder:
    recorder = request.param()
    recorder.submitted = []
    return recorder


def steps_of(runner: Recorder, n: int) -> Iterator[tuple[str, Future]]:
    shards = ([str(number)] for number in range(n))
    return submit_shards(runner, shards, services=None, run=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_each_shard_takes_both_steps_once(runner, n):
    given = [(stage, future.name[1]) for stage, future in steps_of(runner, n)]
    every = sorted((stage, str(number)) for number in range(n) for stage in STAGES.values())
    assert sorted(given) == sorted(runner.submitted) == every


@pytest.mark.parametrize("ahead", [1, 3])
def test_no_more_shards_are_out_than_the_limit(runner, ahead, monkeypatch):
    monkeypatch.setattr(runners, "SHARDS_AHEAD", ahead)
    for n_taken, _ in enumerate(steps_of(runner, 20)):
        assert len(runner.submitted) - n_taken <= 2 * ahead + 3


def test_in_processes_the_next_shard_is_made_while_one_is_scored():
    runner = Processes()
    runner.submitted = []
    list(steps_of(runner, 2))
    assert runner.submitted == [
        ("preprocess", "0"), ("preprocess", "1"), ("score", "0"), ("score", "1"),
    ]  # fmt: skip
