"""The nightly schedule of one machine: the deployment of prefect.yaml, and a worker to run it.

It adds nothing to what `prefect deploy --all` and `prefect worker start` do by hand.
"""

import subprocess
import sysconfig
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from flows.processes import ServerProcess
from tasks.errors import Misconfigured

POOL = "campaign"
PREFECT = Path(sysconfig.get_path("scripts")) / "prefect"


@contextmanager
def nightly_schedule(home: Path) -> Generator[None]:
    """Deploy the night on the server of PREFECT_API_URL and keep a worker for it.

    Args:
        home: Its log goes to HOME/logs.

    Raises:
        Misconfigured: If prefect.yaml is not here or the server refuses it.
    """
    if not Path("prefect.yaml").exists():
        raise Misconfigured("No prefect.yaml here: run `mammo up` in the project's folder.")
    _prefect("work-pool", "create", POOL, "--type", "process", "--overwrite")
    _prefect("deploy", "--all")
    command = [str(PREFECT), "worker", "start", "--pool", POOL]
    worker = ServerProcess("Prefect's worker", command, {}, home / "logs" / "worker.log")
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _prefect(*arguments: str) -> None:
    result = subprocess.run(  # noqa: S603  # our own program
        [PREFECT, "--no-prompt", *arguments], capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise Misconfigured(f"`prefect {' '.join(arguments)}` failed: {result.stderr.strip()}")
