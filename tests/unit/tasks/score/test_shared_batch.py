"""The memory that images wait in: whose it is, and what is left of it."""

import numpy as np
import pytest
from tritonclient.grpc import InferInput
from tritonclient.utils import InferenceServerException

from models.contract import IMAGE, MAX_BATCH_SIZE
from tasks.score.shared_batch import FOLDER, SIZE, SharedBatch


class Server:
    """Maps what it is told to, and keeps what it saw of it then."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.mode = 0
        self.n_bytes = 0
        self.path = FOLDER

    def get_system_shared_memory_status(self, as_json, client_timeout):
        return {}

    def unregister_system_shared_memory(self, name, client_timeout):
        pass

    def register_system_shared_memory(self, name, key, byte_size, client_timeout):
        self.path = FOLDER / key.removeprefix("/")
        status = self.path.stat()
        self.mode, self.n_bytes = status.st_mode & 0o777, status.st_size
        if self.refuses:
            raise InferenceServerException("This protocol is restricted.")


def test_the_memory_is_its_owners_alone_and_has_no_name_once_mapped() -> None:
    server = Server()
    SharedBatch(server, timeout_s=1)  # pyright: ignore[reportArgumentType]
    assert (server.mode, server.n_bytes) == (0o600, SIZE)
    assert not server.path.exists()


def test_a_refusal_leaves_nothing_behind() -> None:
    server = Server(refuses=True)
    with pytest.raises(InferenceServerException, match="restricted"):
        SharedBatch(server, timeout_s=1)  # pyright: ignore[reportArgumentType]
    assert not server.path.exists()


@pytest.mark.parametrize("n_images", [1, MAX_BATCH_SIZE])
def test_a_request_names_as_many_bytes_as_its_images_have(n_images: int) -> None:
    images = np.zeros((n_images, *IMAGE.shape), np.uint8)
    tensor = InferInput(IMAGE.name, list(images.shape), IMAGE.triton_dtype)
    SharedBatch(Server(), timeout_s=1).hold(images, tensor)  # pyright: ignore[reportArgumentType]
    parameters = tensor._get_tensor().parameters
    assert parameters["shared_memory_byte_size"].int64_param == images.nbytes
