"""NVIDIA's Triton on one machine: the server of the nvidia-pytriton wheel, on the CPU.

It serves a repository and changes none. This server predates fixes of remote code execution
and has no users: loopback only; a GPU host runs NVIDIA's container (docs/serving.md).
"""

import json
import platform
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from tritonclient.grpc import InferenceServerClient
from tritonclient.utils import InferenceServerException

from flows.stack.processes import LOOPBACK
from flows.stack.servers import EmbeddedServer, arguments
from models.contract import MODEL_NAME
from tasks.errors import Misconfigured
from tasks.redeploy.loading import warm_up
from tasks.redeploy.repository import (
    CODE_FILE,
    served_versions,
    verify_served_versions,
)
from tasks.redeploy.triton_configs import CPU_CONFIG

_AT_LAST_PRIORITY = ("nice", "-n", "19")


class EmbeddedTriton(EmbeddedServer):
    """NVIDIA's server from the nvidia-pytriton wheel, with the python backend, on the CPU.

    Args:
        home: Folder of this machine's state.
        environment: The Python environment that carries the wheel.
        repository: The model repository; what it serves is verified first.
        preferred_port: Of gRPC; HTTP and metrics stay off.
        held_fd: A descriptor that stays open until the server has ended.
        is_background: It takes the processor time that others leave.
    """

    name = "Triton"
    config_name = CPU_CONFIG
    ready_timeout_s = 120
    n_restarts = 3
    """This release aborts where a model process is not heard for a second while it starts."""

    def __init__(
        self,
        home: Path,
        environment: Path,
        repository: Path,
        preferred_port: int = 8001,
        held_fd: int | None = None,
        *,
        is_background: bool = False,
    ) -> None:
        super().__init__(home, preferred_port, held_fd)
        self._is_background = is_background
        self._environment = (
            environment.absolute()
        )  # a link resolved would leave the environment
        self._repository = repository.resolve()

    @property
    def url(self) -> str:
        """host:port of gRPC."""
        return f"{LOOPBACK}:{self.port}"

    def memory_mb(self, version: str) -> float | None:
        """Resident memory of a version's processes, in MB; None where none runs."""
        code = str(self._repository / MODEL_NAME / version / CODE_FILE)
        sizes = [
            process.memory_info().rss / 1e6
            for process in psutil.Process().children(recursive=True)
            if code in _command_of(process)
        ]
        return sum(sizes) if sizes else None

    def _start(self) -> None:
        """Start the server, and see that every version that it serves answers."""
        super()._start()
        try:
            warm_up(self.url, served_versions(self._repository))
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def _prepare(self) -> list[str]:
        verify_served_versions(self._repository)
        wheel = _find_wheel(self._environment)
        return [
            *(_AT_LAST_PRIORITY if self._is_background else ()),
            str(wheel.server / "bin" / "tritonserver"),
            *arguments(
                {
                    "--model-repository": self._repository,
                    "--backend-directory": _link_backends(wheel, self.home / "triton"),
                    "--model-config-name": self.config_name,
                    "--model-control-mode": "explicit",
                    "--load-model": MODEL_NAME,
                    "--grpc-address": LOOPBACK,
                    "--grpc-port": self.port,
                    "--allow-http": "false",
                    "--allow-metrics": "false",
                    "--allow-gpu-metrics": "false",
                    "--pinned-memory-pool-byte-size": 0,
                    "--exit-timeout-secs": 10,
                    "--backend-config": "python,shm-default-byte-size=67108864",
                }
            ),
            "--disable-auto-complete-config",
        ]

    def _changes(self) -> dict[str, str | None]:
        library_folder = _find_wheel(self._environment).library_folder
        return {
            "PATH": f"{self._environment / 'bin'}:/usr/bin:/bin",
            "LD_LIBRARY_PATH": str(library_folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": None,
            "VIRTUAL_ENV": None,
        }

    def _is_ready(self) -> bool:
        with suppress(InferenceServerException), InferenceServerClient(self.url) as client:
            return bool(client.is_server_ready(client_timeout=5))
        return False


def _command_of(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


class Wheel(NamedTuple):
    """Where Triton's environment keeps what starts it."""

    server: Path
    python_version: str
    library_folder: Path


_ASK_ENVIRONMENT = """
import json, sysconfig
names = ("LIBDIR", "MULTIARCH", "py_version_short")
print(json.dumps([sysconfig.get_path("purelib"), *map(sysconfig.get_config_var, names)]))
"""


def _find_wheel(environment: Path) -> Wheel:
    """Find the wheel's server and the library of the Python that its models run in.

    Raises:
        Misconfigured: If one of them is missing; the message says how to get it.
    """
    python = environment / "bin" / "python"
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise Misconfigured(
            f"There is no Triton wheel for {platform.system()} {platform.machine()}: run "
            "NVIDIA's container (docs/serving.md) and name it in SMART_MAMMO_TRITON_URL."
        )
    if not python.exists():
        raise Misconfigured(f"No Triton environment at {environment}: run `make setup`.")
    answer = subprocess.run(  # noqa: S603  # our own environment's interpreter
        [str(python), "-I", "-c", _ASK_ENVIRONMENT], capture_output=True, check=True, text=True
    )
    site_packages, library_folder, multiarch, version = json.loads(answer.stdout)
    server = Path(site_packages) / "pytriton" / "tritonserver"
    stub = _stub(server, version)
    if not stub.exists():
        raise Misconfigured(
            f"No Triton for Python {version} at {stub}: remove {environment} and run "
            "`make setup`."
        )
    library = f"libpython{version}.so.1.0"
    for folder in (Path(library_folder), Path(library_folder) / str(multiarch)):
        if (folder / library).exists():
            return Wheel(server, version, folder)
    raise Misconfigured(
        f"Triton's models need {library}, which is not in {library_folder}: "
        f"`apt-get install libpython{version}`, or build Python with --enable-shared."
    )


def _stub(server: Path, python_version: str) -> Path:
    return server / "python_backend_stubs" / python_version / "triton_python_backend_stub"


def _link_backends(wheel: Wheel, folder: Path) -> Path:
    """Lay out the python backend with the stub of this Python beside it, as links."""
    backend = folder / "backends" / "python"
    backend.mkdir(parents=True, exist_ok=True)
    source = wheel.server / "backends" / "python"
    names = ("libtriton_python.so", "triton_python_backend_utils.py")
    targets = [*(source / name for name in names), _stub(wheel.server, wheel.python_version)]
    for target in targets:
        link = backend / target.name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    return backend.parent
