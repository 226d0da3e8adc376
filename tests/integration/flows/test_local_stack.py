import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from flows import local_stack
from flows.local_stack import LocalStack, Parts, environment_of, local_services, running_stack
from tasks.errors import Misconfigured
from tasks.settings import Settings
from tests.support.servers import ROOT

pytestmark = pytest.mark.integration

ONLY_S3 = Parts(triton=False, prefect=False)
GONE_WITHIN_S = 15


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def stack(settings: Settings) -> Iterator[LocalStack]:
    with LocalStack(settings, ONLY_S3) as running:
        yield running


def start_victim(home: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A stack in a process of its own, and everything that it started."""
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.support.stack_victim", str(home)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert victim.stdout
    numbers = victim.stdout.readline().split()
    victim.stdout.close()
    return victim, [psutil.Process(int(number)) for number in numbers]


def is_running(process: psutil.Process) -> bool:
    """Whether it still does anything: one that waits to be reaped does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait; whatever runs in the end."""
    deadline = monotonic() + GONE_WITHIN_S
    while (running := list(filter(is_running, processes))) and monotonic() < deadline:
        sleep(0.1)
    return running


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_server_outlives_its_parent(tmp_path: Path, number: signal.Signals):
    victim, servers = start_victim(tmp_path)
    victim.send_signal(number)
    victim.wait(60)
    assert len(servers) >= 5
    assert not wait_until_gone(servers)


def test_no_server_outlives_its_guardian(tmp_path: Path):
    victim, servers = start_victim(tmp_path)
    for guardian in (process for process in servers if process.ppid() == victim.pid):
        guardian.kill()
    still_running = wait_until_gone(servers)
    victim.kill()
    victim.wait()
    assert not still_running


def test_another_shell_finds_the_stack_while_it_runs(settings: Settings):
    with LocalStack(settings, ONLY_S3) as stack:
        assert running_stack(settings.home) == stack.addresses
    assert running_stack(settings.home) is None


def test_a_second_stack_on_the_same_home_is_refused(stack: LocalStack, settings: Settings):
    with pytest.raises(Misconfigured, match="already runs"):
        LocalStack(settings, ONLY_S3).__enter__()
    assert running_stack(settings.home) == stack.addresses


def test_a_stack_follows_a_killed_one_on_its_home(tmp_path: Path):
    victim, _ = start_victim(tmp_path)
    victim.kill()
    victim.wait()
    assert running_stack(tmp_path) is None
    with LocalStack(Settings(home=tmp_path), ONLY_S3) as stack:
        assert running_stack(tmp_path) == stack.addresses


def test_a_running_stack_is_used_and_not_doubled(stack: LocalStack, settings: Settings):
    with local_services(settings) as addresses:
        assert addresses == stack.addresses


def test_what_settings_name_is_not_started(settings: Settings):
    named = settings.model_copy(update={"s3_endpoint": "http://s3", "triton_url": "gpu:8001"})
    with local_services(named, prefect_api_url="http://prefect/api") as addresses:
        assert environment_of(addresses) == {}


def test_keys_do_not_stand_in_the_file_for_other_shells(stack: LocalStack, settings: Settings):
    text = (settings.home / "stack.json").read_text()
    assert str(stack.addresses.s3_secret_key) not in text


def test_a_full_disk_is_a_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(local_stack, "MINIMUM_FREE_BYTES", 1 << 60)
    with pytest.raises(Misconfigured, match="GB are needed"):
        LocalStack(settings, ONLY_S3).__enter__()
