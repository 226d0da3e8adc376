"""Ceph's RADOS Gateway on loopback: one monitor, one store on a sparse file, one gateway.

A cluster of its own in a folder, without users or redundancy; it ends with the context.
"""

import shutil
import subprocess
import uuid
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from flows.stack.processes import LOOPBACK, ServerProcess, choose_port

PROGRAMS = (
    "ceph",
    "ceph-mgr",
    "ceph-mon",
    "ceph-osd",
    "monmaptool",
    "radosgw",
    "radosgw-admin",
)
READY_TIMEOUT_S = 60
ANSWER_TIMEOUT_S = 60

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{monitor_port}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
# Without keys there is nothing to encrypt with, and radosgw would wait for it forever.
ms mon client mode = crc secure
ms client mode = crc secure
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
run dir = {folder}
admin socket =
log file = {folder}/$name.log
mon data = {folder}/mon
mgr data = {folder}/mgr
mgr initial modules =
osd data = {folder}/osd
bluestore block size = 10737418240
osd memory target = 1073741824
osd class load list = *
osd class default list = *
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{gateway_port}
"""


def missing_programs() -> list[str]:
    """Programs of Ceph that this machine lacks."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


@contextmanager
def ceph_server(folder: Path, access_key: str, secret_key: str) -> Generator[str]:
    """Run a cluster with one user as long as the context; the gateway's URL."""
    with ExitStack() as stack:
        cluster = _Cluster(folder, stack)
        cluster.start_monitor()
        cluster.start_store()
        cluster.start_gateway()
        cluster.call(
            [
                *("radosgw-admin", "user", "create", "--uid=suite", "--display-name=suite"),
                *(f"--access-key={access_key}", f"--secret-key={secret_key}"),
            ]
        )
        yield cluster.url


class _Cluster:
    """Its daemons, in the order that they need each other."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._monitor_port = choose_port(0)
        self._gateway_port = choose_port(0)
        self.url = f"http://{LOOPBACK}:{self._gateway_port}"
        for name in ("mon", "mgr", "osd", "rgw"):
            (folder / name).mkdir(parents=True)
        self._configuration = folder / "ceph.conf"
        self._configuration.write_text(
            CONFIGURATION.format(
                fsid=uuid.uuid4(),
                folder=folder,
                monitor_port=self._monitor_port,
                gateway_port=self._gateway_port,
            )
        )

    def start_monitor(self) -> None:
        """The monitor keeps the map of the cluster."""
        place = f"[v2:{LOOPBACK}:{self._monitor_port}]"
        whole_map = str(self._folder / "monmap")
        self.call(["monmaptool", "--create", "--addv", "a", place, whole_map])
        self.call(["ceph-mon", "--mkfs", "-i", "a", "--monmap", whole_map])
        monitor = self._start("ceph-mon", "-i", "a")
        monitor.wait_until(self._has_quorum, self._monitor_port, READY_TIMEOUT_S)

    def start_store(self) -> None:
        """The manager and the daemon that holds the objects; the gateway waits for it."""
        identity = str(uuid.uuid4())
        self.call(["ceph", "osd", "new", identity, "0"])
        self.call(["ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", identity])
        self._start("ceph-mgr", "-i", "x")
        self._start("ceph-osd", "-i", "0")

    def start_gateway(self) -> None:
        """The gateway makes its pools and then listens."""
        gateway = self._start("radosgw", "-n", "client.admin")
        gateway.wait_until(self._answers, self._gateway_port, READY_TIMEOUT_S)

    def call(self, command: list[str]) -> None:
        """Run one of Ceph's commands to its end."""
        subprocess.run(
            [*command, "-c", self._configuration],
            check=True,
            capture_output=True,
            timeout=ANSWER_TIMEOUT_S,
        )

    def _start(self, program: str, *arguments: str) -> ServerProcess:
        command = [program, "-f", *arguments, "-c", str(self._configuration)]
        server = ServerProcess(program, command, {}, self._folder / f"{program}.out")
        self._stack.callback(server.stop)
        server.start()
        return server

    def _has_quorum(self) -> bool:
        command = ["ceph", "--connect-timeout", "5", "-c", self._configuration, "status"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _answers(self) -> bool:
        return httpx.get(self.url, timeout=5).is_success
