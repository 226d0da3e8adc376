"""A batch of images in memory that a Triton on this host reads, instead of gRPC's bytes.

Sent as bytes, a full batch of 4 MB costs about a quarter of what the network takes for it
(`python -m benchmarks.transports`). Memory of our own rather than the client library's: that
one does not see that the host's shared memory is full until a write kills the process, and
leaves a file behind where a process is killed.
"""

import mmap
import os
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from tritonclient.grpc import InferenceServerClient, InferInput

from models.contract import IMAGE, MAX_BATCH_SIZE

FOLDER = Path("/dev/shm")  # noqa: S108  # POSIX shared memory, where Triton looks for a key
SIZE = MAX_BATCH_SIZE * int(np.prod(IMAGE.shape)) * np.dtype(IMAGE.dtype).itemsize
"""Bytes of a full batch."""

HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""Where a server may see the same memory; whether it does, it says itself."""


class SharedBatch:
    """Room for one batch that both sides have mapped; of one request at a time.

    Args:
        client: Of the server that maps it.
        timeout_s: For the server's answer.

    Raises:
        OSError: If this host has no shared memory, or none left.
        InferenceServerException: If the server does not map it: it may be on another host, or
            its configuration keeps it from doing so.
    """

    def __init__(self, client: InferenceServerClient, timeout_s: float) -> None:
        self._client, self._timeout_s = client, timeout_s
        self._name = f"smart-mammo-{uuid4()}"
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

    def hold(self, images: NDArray[np.uint8], tensor: InferInput) -> None:
        """Lay a batch into the memory and have the request name it."""
        np.frombuffer(self._memory, np.uint8, images.size)[:] = images.ravel()
        tensor.set_shared_memory(self._name, images.nbytes)

    def close(self) -> None:
        """Have the server let go of it; not while a request may still read it.

        Raises:
            InferenceServerException: If the server does not answer.
        """
        self._client.unregister_system_shared_memory(self._name, client_timeout=self._timeout_s)
