"""The servers of a drill: each can be killed and brought back while the others go on."""

import random
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress

import psutil

from flows.drill.proxy import FaultProxy
from flows.drill.triton_proxy import TritonProxy
from flows.stack.prefect_server import EmbeddedPrefect
from flows.stack.servers import EmbeddedS3, EmbeddedServer
from flows.stack.stack_registry import Addresses, environment_of
from flows.stack.triton_server import EmbeddedTriton
from tasks.settings import Settings

ANY_PORT = 0
STUB = "triton_python_backend_stub"

_PROGRAMS = {"s3": "rclone", "triton": "tritonserver", "prefect": "prefect"}


class DrillServers:
    """S3 and Triton behind fault proxies, and Prefect, on ports of their own.

    Args:
        settings: Home, Triton's environment and the model repository.
        seed: Of the proxy's chances.
    """

    def __init__(self, settings: Settings, seed: int) -> None:
        home = settings.home.resolve() / "servers"
        s3 = EmbeddedS3(home, ANY_PORT)
        triton = EmbeddedTriton(
            home, settings.triton_environment, settings.model_repository, ANY_PORT
        )
        prefect = EmbeddedPrefect(home, ANY_PORT)
        self.s3, self.triton, self.prefect = s3, triton, prefect
        self._servers: dict[str, EmbeddedServer] = {
            "s3": s3,
            "triton": triton,
            "prefect": prefect,
        }
        self._seed = seed

    @contextmanager
    def running(self, say: Callable[[str], object]) -> Generator[None]:
        """Run all of them."""
        with ExitStack() as stack:
            for name, server in self._servers.items():
                say(f"starting {name}")
                stack.enter_context(server)
            self.proxy = FaultProxy(self.s3.endpoint, self._seed)
            self._proxy_url = stack.enter_context(self.proxy.serving())
            self.triton_proxy = TritonProxy(lambda: self.triton.url, self._seed)
            self._triton_url = stack.enter_context(self.triton_proxy.serving())
            yield

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which a night finds them, store and Triton through their proxies."""
        return environment_of(
            Addresses(
                self._proxy_url,
                self._triton_url,
                self.prefect.api_url,
                self.s3.keys.access_key,
                self.s3.keys.secret_key,
            )
        )

    @property
    def dealt(self) -> Counter[str]:
        """How often each fault of an answer was dealt out so far."""
        return self.proxy.counts + self.triton_proxy.counts

    def kill(self, name: str) -> None:
        """Kill a server's processes, as the kernel would for want of memory."""
        for process in _descendants(psutil.Process()):
            if _program(process) == _PROGRAMS[name]:
                _kill(process)

    def kill_stub(self, chance: random.Random) -> None:
        """Kill one process that runs a model for Triton."""
        stubs = [one for one in _descendants(psutil.Process()) if STUB in _program(one)]
        if stubs:
            _kill(chance.choice(stubs))

    def heal(self) -> None:
        """Bring back whatever does not answer, and stop spoiling answers."""
        self.proxy.share, self.proxy.n_lists_refused = 0.0, 0
        self.triton_proxy.fault = None
        for server in self._servers.values():
            if not server.is_ready():
                server.__exit__(None, None, None)
                server.__enter__()


def kill_worker(night: psutil.Process, chance: random.Random) -> None:
    """Kill one of a night's decoding processes: children of its fork server."""
    workers = [
        worker
        for child in night.children()
        for worker in child.children()
        if "forkserver" in " ".join(_command(worker))
    ]
    if workers:
        _kill(chance.choice(workers))


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    return process.children(recursive=True)


def _program(process: psutil.Process) -> str:
    """The last part of the first argument that names a program."""
    words = _command(process)
    names = [word.rsplit("/", 1)[-1] for word in words[:2]]
    known = {*_PROGRAMS.values(), STUB}
    return next((name for name in names if name in known), "")


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.kill()
