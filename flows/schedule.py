"""The nightly schedule of one machine: the deployment of prefect.yaml, and a worker to run it.

It adds nothing to what `prefect deploy --all` and `prefect worker start` do by hand.
"""

import subprocess
import sysconfig
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from flows.stack.processes import ServerProcess
from tasks.errors import Misconfigured

POOL = "campaign"
SENTENCE = (
    "Scheduled, America/Santiago: the night at 02:00, the lake's upkeep on Sundays at 14:00."
)
"""What prefect.yaml holds; a test reads the runs that a server makes of it."""

LAST_CHARACTERS = 500
"""Of what Prefect's command says: its reason stands last."""

PREFECT = Path(sysconfig.get_path("scripts")) / "prefect"


def deploy_night(pool_type: str | None = None) -> None:
    """Put the night's pool and schedule on the server of PREFECT_API_URL.

    Args:
        pool_type: Of the work pool where there is none yet; processes of a worker's machine if
            left out. A pool that stands keeps its type and its job template.

    Raises:
        Misconfigured: If prefect.yaml is not here or the server refuses it.
    """
    if not Path("prefect.yaml").exists():
        raise Misconfigured("No prefect.yaml here: run this in the project's folder.")
    if not _stands(POOL):
        _prefect("work-pool", "create", POOL, "--type", pool_type or "process")
    _prefect("deploy", "--all")


@contextmanager
def nightly_schedule(home: Path) -> Generator[None]:
    """Deploy the night on the server of PREFECT_API_URL and keep a worker for it.

    Args:
        home: Its log goes to HOME/logs.

    Raises:
        Misconfigured: If prefect.yaml is not here or the server refuses it.
    """
    deploy_night()
    command = [str(PREFECT), "worker", "start", "--pool", POOL]
    worker = ServerProcess("Prefect's worker", command, {}, home / "logs" / "worker.log")
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _stands(pool: str) -> bool:
    return _run("work-pool", "inspect", pool).returncode == 0


def _prefect(*arguments: str) -> None:
    result = _run(*arguments)
    if result.returncode:
        said = " ".join(f"{result.stderr} {result.stdout}".split())[-LAST_CHARACTERS:]
        raise Misconfigured(f"`prefect {' '.join(arguments)}` failed: {said}")


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own program
        [PREFECT, "--no-prompt", *arguments], capture_output=True, text=True, check=False
    )
