"""Prefect's server on one machine: scheduler, API and page, on loopback.

It deploys nothing and runs no flow; `prefect.yaml` and a worker do.
"""

import sysconfig
from contextlib import suppress
from pathlib import Path

import httpx

from flows.stack.processes import LOOPBACK
from flows.stack.servers import EmbeddedServer, arguments


class EmbeddedPrefect(EmbeddedServer):
    """Prefect's server on SQLite, with its scheduler and its page; nothing calls home."""

    name = "Prefect"
    ready_timeout_s = 180

    def __init__(
        self, home: Path, preferred_port: int = 4200, held_fd: int | None = None
    ) -> None:
        super().__init__(home, preferred_port, held_fd)

    @property
    def api_url(self) -> str:
        """URL of Prefect's API."""
        return f"http://{LOOPBACK}:{self.port}/api"

    def _prepare(self) -> list[str]:
        program = Path(sysconfig.get_path("scripts")) / "prefect"
        flags = {"--host": LOOPBACK, "--port": self.port}
        return [str(program), "server", "start", *arguments(flags)]

    def _changes(self) -> dict[str, str | None]:
        folder = self.home / "prefect"
        folder.mkdir(exist_ok=True)
        return {
            "PREFECT_HOME": str(folder),
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{folder}/server.db",
            "PREFECT_API_URL": None,
            "PREFECT_PROFILE": None,
            "PREFECT_UI_API_URL": self.api_url,
            "PREFECT_SERVER_UI_V2_ENABLED": "false",  # calls an analytics host from the browser
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }

    def _is_ready(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.api_url}/health", timeout=5).is_success
        return False
