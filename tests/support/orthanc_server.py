"""Orthanc with DICOMweb on loopback, in a folder of its own, and two ways to send to it.

It ends with the context.
"""

import json
import shutil
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from flows.stack.processes import LOOPBACK, ServerProcess, choose_port

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
PROGRAMS = ("Orthanc", "storescu")
USER = ("unit", "a password of the suite's own")
READY_TIMEOUT_S = 60
TITLE = "ORTHANC"


def missing() -> list[str]:
    """What this machine lacks for it."""
    programs = [program for program in PROGRAMS if shutil.which(program) is None]
    return programs if PLUGIN.exists() else [*programs, str(PLUGIN)]


@dataclass(frozen=True)
class Orthanc:
    """A running server.

    Args:
        storage: Folder of the files that it holds.
        dicom_port: Of C-STORE.
        http_port: Of its REST interface and DICOMweb.
    """

    storage: Path
    dicom_port: int
    http_port: int

    @property
    def url(self) -> str:
        """Of its REST interface."""
        return f"http://{LOOPBACK}:{self.http_port}"

    def c_store(self, path: Path) -> None:
        """Send a file as a modality does, in the transfer syntax that it has."""
        # -xs proposes JPEG Lossless and, as every proposal does, little endian.
        flags = ["-xs", "-aec", TITLE, "-aet", "UNIT-1"]
        command = ["storescu", *flags, LOOPBACK, str(self.dicom_port), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def stow(self, files: Sequence[bytes]) -> None:
        """Send files in one STOW-RS request.

        References:
            DICOM PS3.18 10.5.
        """
        head = b"--part\r\nContent-Type: application/dicom\r\n\r\n"
        body = b"".join(head + data + b"\r\n" for data in files) + b"--part--\r\n"
        kind = 'multipart/related; type="application/dicom"; boundary=part'
        headers = {"Content-Type": kind, "Accept": "application/dicom+json"}
        answer = httpx.post(
            f"{self.url}/dicom-web/studies",
            content=body,
            headers=headers,
            auth=USER,
            timeout=60,
        )
        answer.raise_for_status()


@contextmanager
def orthanc_server(folder: Path) -> Generator[Orthanc]:
    """Run a server as long as the context, set as docs/receiving.md says."""
    orthanc = Orthanc(folder / "files", choose_port(0), choose_port(0))
    configuration = folder / "orthanc.json"
    folder.mkdir(parents=True)
    configuration.write_text(json.dumps(_settings(orthanc, folder)))
    server = ServerProcess(
        "Orthanc", ["Orthanc", str(configuration)], {}, folder / "orthanc.log"
    )
    try:
        server.start()
        server.wait_until(lambda: _answers(orthanc), orthanc.http_port, READY_TIMEOUT_S)
        yield orthanc
    finally:
        server.stop()


def _settings(orthanc: Orthanc, folder: Path) -> dict[str, object]:
    return {
        "Name": "suite",
        "StorageDirectory": str(orthanc.storage),
        "IndexDirectory": str(folder / "index"),
        "StorageCompression": False,
        "DicomAet": TITLE,
        "DicomPort": orthanc.dicom_port,
        "DicomAlwaysAllowStore": False,
        "DicomModalities": {"unit": ["UNIT-1", LOOPBACK, 104]},
        "HttpPort": orthanc.http_port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": dict([USER]),
        "Plugins": [str(PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }


def _answers(orthanc: Orthanc) -> bool:
    return httpx.get(f"{orthanc.url}/system", auth=USER, timeout=5).is_success
