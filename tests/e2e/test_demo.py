"""`mammo demo` as a person runs it: figures, a second run, the app, no orphan after Ctrl-C."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urljoin

import httpx
import psutil
import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.timeout(600)]

PATIENCE_S = 240
LINK = re.compile(r"http://127\.0\.0\.1:\d+/sign-in/[\w-]+")
MAMMO = [sys.executable, "-m", "flows.cli"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        name: value for name, value in os.environ.items() if not name.startswith("SMART_MAMMO")
    }
    return own | {"SMART_MAMMO_HOME": str(home), "SMART_MAMMO_APP_PORT": str(port)}


def demo(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*MAMMO, "demo", "--exams", "2", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def orphans(home: Path) -> Iterator[psutil.Process]:
    """Processes that name the home in their command."""
    for process in psutil.process_iter(["cmdline"]):
        if any(str(home) in part for part in process.info["cmdline"] or ()):
            yield process


def test_the_figures_of_a_night_and_of_one_that_finds_nothing(home, environment, tmp_path):
    results = []
    for name in ("first", "second"):
        done = demo(environment, "--no-app", "--json", str(tmp_path / name))
        assert done.returncode == 0, done.stdout + done.stderr
        results.append(json.loads((tmp_path / name).read_text()))
    first, second = results
    objects = first["objects"]
    assert objects["total"] == sum(
        objects[state] for state in ("scored", "unscorable", "rejected", "pending")
    )
    assert first["images_scored"] == objects["scored"] > 0
    assert first["exams_listed"] == 2
    assert first["model_version"] == "1"
    assert {"discover", "read", "preprocess", "score", "aggregate", "publish"} < set(
        first["seconds"]
    )
    assert 0 < first["peak_memory_mb"] < 2000
    assert sum(first["reasons"].values()) == objects["unscorable"] + objects["rejected"]
    assert second["images_scored"] == 0
    assert second["objects"] == objects
    assert not list(orphans(home))


def test_another_campaign_on_the_same_home_is_refused_with_a_remedy(environment):
    done = demo(environment, "--no-app", "--seed", "9")
    assert done.returncode == 2
    assert "SMART_MAMMO_HOME" in done.stderr


def test_a_port_in_use_is_a_sentence_with_a_remedy(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["SMART_MAMMO_APP_PORT"])))
        taken.listen()
        done = demo(environment)
    assert done.returncode == 2
    assert "SMART_MAMMO_APP_PORT" in done.stderr


def test_the_printed_link_opens_the_app_and_control_c_ends_every_server(home, environment):
    command = [*MAMMO, "demo", "--exams", "2"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as night:
        link = next(found for line in night.stdout if (found := LINK.search(line))).group()
        with httpx.Client(follow_redirects=True) as client:
            assert _when_it_answers(client, urljoin(link, "/")).status_code == 401
            assert client.get(link).is_success
            assert client.get(urljoin(link, "/list")).is_success
        assert list(orphans(home))
        night.send_signal(signal.SIGINT)
        assert night.wait(PATIENCE_S) == 0
    assert not list(orphans(home))


def _when_it_answers(client: httpx.Client, url: str) -> httpx.Response:
    deadline = monotonic() + PATIENCE_S
    while True:
        try:
            return client.get(url)
        except httpx.ConnectError:
            assert monotonic() < deadline
            sleep(0.5)
