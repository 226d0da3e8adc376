"""Servers of one machine as context managers: what they share, and the S3 store.

They bind to loopback only and have no users: one machine, one person. Which of them run
together is `flows.local_stack`'s business.
"""

import json
import secrets
import sysconfig
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import ClassVar, NamedTuple, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from flows.stack.processes import LOOPBACK, ServerProcess, choose_port
from tasks.errors import Misconfigured

ANY_PORT = 0


class EmbeddedServer(ABC):
    """A server that runs while the context lasts, with its state and log below `home`.

    Args:
        home: Folder of this machine's state.
        preferred_port: Taken where it is free, else any free port.
        held_fd: A descriptor that stays open until the server has ended.
    """

    name: ClassVar[str]
    ready_timeout_s: ClassVar[float]
    environment: ClassVar[dict[str, str | None]] = {}
    n_restarts: ClassVar[int] = 0
    """How often it is started again where a signal ended it."""

    def __init__(self, home: Path, preferred_port: int, held_fd: int | None = None) -> None:
        self.home = home.resolve()
        self.port = preferred_port
        self._held_fd = held_fd
        self._process: ServerProcess | None = None

    def __enter__(self) -> Self:
        """Start the server and wait until it is ready.

        Between the choice of a free port and the server's hold of it another program may come:
        then any other port is tried.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        for preferred_port in (self.port, ANY_PORT):
            self.port = choose_port(preferred_port)
            try:
                self._start()
            except Misconfigured:
                if choose_port(self.port) == self.port or preferred_port == ANY_PORT:
                    raise
            else:
                break
        return self

    def _start(self) -> None:
        log_path = self.home / "logs" / f"{self.name.lower()}.log"
        self._process = ServerProcess(
            self.name,
            self._prepare(),
            {**self.environment, **self._changes()},
            log_path,
            held_fd=self._held_fd,
            n_restarts=self.n_restarts,
        )
        try:
            self._process.start()
            self._process.wait_until(self._is_ready, self.port, self.ready_timeout_s)
        except BaseException:
            self._process.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the server and everything that it started."""
        if self._process:
            self._process.stop()

    def is_ready(self) -> bool:
        """Ask the server whether it answers."""
        return self._is_ready()

    @abstractmethod
    def _prepare(self) -> list[str]:
        """Make what the server needs and return its command."""

    def _changes(self) -> dict[str, str | None]:
        """Environment of this very server."""
        return {}

    @abstractmethod
    def _is_ready(self) -> bool:
        """Ask the server."""


class S3Keys(NamedTuple):
    """What signs requests to the embedded store."""

    access_key: str
    secret_key: str


def s3_keys(home: Path) -> S3Keys:
    """The keys of a home's embedded store, made on first use and readable by its owner only."""
    path = home.resolve() / "secrets" / "s3.json"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps([secrets.token_hex(10), secrets.token_hex(20)]))
    return S3Keys(*json.loads(path.read_text()))


class EmbeddedS3(EmbeddedServer):
    """rclone serving a folder: MD5 ETags and signatures, no conditional writes."""

    name = "S3"
    ready_timeout_s = 30

    def __init__(
        self, home: Path, preferred_port: int = 9000, held_fd: int | None = None
    ) -> None:
        super().__init__(home, preferred_port, held_fd)
        self.keys = s3_keys(home)

    @property
    def endpoint(self) -> str:
        """URL of the store."""
        return f"http://{LOOPBACK}:{self.port}"

    def _prepare(self) -> list[str]:
        program = Path(sysconfig.get_path("scripts")) / "rclone"
        if not program.exists():
            raise Misconfigured(f"No rclone at {program}: run `make setup`.")
        folder, config = self.home / "s3", self.home / "rclone.conf"
        folder.mkdir(exist_ok=True)
        config.write_text(
            f"[store]\ntype = hasher\nremote = {folder}\nhashes = md5\nmax_age = off\n"
        )
        flags = {
            "--config": config,
            "--cache-dir": self.home / "rclone-cache",
            "--addr": f"{LOOPBACK}:{self.port}",
            "--vfs-cache-mode": "off",
        }
        return [str(program), "serve", "s3", "store:", *arguments(flags)]

    def _changes(self) -> dict[str, str | None]:
        # Not among the arguments, which everyone here may read; quoted, as it is a CSV row.
        return {"RCLONE_AUTH_KEY": f'"{",".join(self.keys)}"'}

    def _is_ready(self) -> bool:
        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=self.keys.access_key,
            aws_secret_access_key=self.keys.secret_key,
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5),
        )
        with suppress(BotoCoreError, ClientError):
            client.list_buckets()
            return True
        return False


def arguments(flags: Mapping[str, object]) -> list[str]:
    """Write flags as `--name=value`."""
    return [f"{name}={value}" for name, value in flags.items()]
