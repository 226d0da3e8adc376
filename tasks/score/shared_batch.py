"""A batch of images in memory that a Triton on this host reads, instead of gRPC's bytes.

Sent as bytes, a full batch of 4 MB costs about a quarter of what the network takes for it
(`python -m benchmarks.transports`). Memory of our own rather than the client library's: that
one does not see that the host's shared memory is full until a write kills the process, and
leaves a file behind where a process is killed.
"""

import mmap
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast
from uuid import uuid4
from weakref import finalize

import numpy as np
import psutil
from numpy.typing import NDArray
from tritonclient.grpc import InferenceServerClient, InferInput
from tritonclient.utils import InferenceServerException

from models.contract import IMAGE, MAX_BATCH_SIZE

FOLDER = Path("/dev/shm")  # noqa: S108  # POSIX shared memory, where Triton looks for a key
SIZE = MAX_BATCH_SIZE * int(np.prod(IMAGE.shape)) * np.dtype(IMAGE.dtype).itemsize
"""Bytes of a full batch."""

HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""Where a server may see the same memory; whether it does, it says itself."""

GOODBYE_TIMEOUT_S = 5.0
"""For the server to let go of memory: nobody waits longer for a process to end."""

_NAME = re.compile(r"smart-mammo-(\d+)-.+")
"""Of a region: the process that it is of, and what makes it one of a kind."""


class SharedBatch:
    """Room for one batch that both sides have mapped; of one request at a time.

    The server lets go of it when nobody here has it any more, or this process ends. What a
    killed process left with it goes when the next one makes room.

    Args:
        client: Of the server that maps it.
        timeout_s: For the server's answer.

    Raises:
        OSError: If this host has no shared memory, or none left.
        InferenceServerException: If the server does not map it: it may be on another host, or
            its configuration keeps it from doing so.
    """

    def __init__(self, client: InferenceServerClient, timeout_s: float) -> None:
        self._name = f"smart-mammo-{os.getpid()}-{uuid4()}"
        path = FOLDER / self._name
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        try:
            os.posix_fallocate(file, 0, SIZE)
            self._memory = mmap.mmap(file, SIZE)
            client.register_system_shared_memory(
                self._name, f"/{self._name}", SIZE, client_timeout=timeout_s
            )
        finally:
            os.close(file)
            path.unlink()  # both have it mapped: a killed process leaves nothing behind
        self._let_go = finalize(self, _let_go, client, self._name)
        _forget_the_dead(client, timeout_s)  # it has mapped ours: its processes are this host's

    def hold(self, images: NDArray[np.uint8], tensor: InferInput) -> None:
        """Lay a batch into the memory and have the request name it."""
        np.frombuffer(self._memory, np.uint8, images.size)[:] = images.ravel()
        tensor.set_shared_memory(self._name, images.nbytes)

    def close(self) -> None:
        """Have the server let go of it; not while a request may still read it."""
        self._let_go()

    def leave(self) -> None:
        """Leave it with the server, which may still read it, until this process has ended."""
        self._let_go.detach()


def _forget_the_dead(client: InferenceServerClient, timeout_s: float) -> None:
    """Have the server let go of what processes left with it that have ended."""
    status = client.get_system_shared_memory_status(as_json=True, client_timeout=timeout_s)
    regions = cast("Mapping[str, Mapping[str, object]]", status).get("regions", {})
    for name in regions:
        owner = _NAME.fullmatch(name)
        if owner and not psutil.pid_exists(int(owner[1])):
            client.unregister_system_shared_memory(name, client_timeout=timeout_s)


def _let_go(client: InferenceServerClient, name: str) -> None:
    with suppress(InferenceServerException, ValueError):  # gone, or its channel is closed
        client.unregister_system_shared_memory(name, client_timeout=GOODBYE_TIMEOUT_S)
