"""The model in Triton: batches in, the contract's tensors out, over gRPC.

It pins the version in every request and believes no answer that breaks the contract.
"""

import random
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import tritonclient.grpc as grpc
from numpy.typing import NDArray
from tritonclient.utils import InferenceServerException

from models.contract import IMAGE, MAX_BATCH_SIZE, MODEL_NAME, OUTPUTS, Tensor
from tasks.errors import ContractViolation, Retryable

MAX_IN_FLIGHT = 4
"""Requests under way: enough to keep two instances busy, few enough to bound memory."""

REQUEST_TIMEOUT_S = 120.0
WAITS_S = (0.5, 2.0)
"""Before the second and the third try; three failures in a row open the circuit."""

_AWAY = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "CANCELLED")
_DEAD_STUB = "is not healthy"

Result = TypeVar("Result")


@dataclass(frozen=True)
class ModelOutput:
    """The answers to n images, each array [n, *shape of its tensor in the contract]."""

    malignancy_score: NDArray[np.float32]
    finding_scores: NDArray[np.float32]
    density_scores: NDArray[np.float32]
    saliency: NDArray[np.float32]


class TritonModel:
    """One version of the model, as Triton serves it; it connects when it is first used.

    Args:
        url: host:port of Triton's gRPC.
        version: The only one that is asked.
        name: As in the model repository.
    """

    def __init__(self, url: str, version: str, name: str = MODEL_NAME) -> None:
        self.url = url
        self.version = version
        self.name = name
        self._connection: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_connection": None}

    def check_contract(self) -> None:
        """Compare the served tensors with the contract.

        Raises:
            ContractViolation: If a tensor is missing, or has another type or shape.
            Retryable: If Triton is away.
        """
        metadata = self._tried(
            lambda: self._client.get_model_metadata(self.name, self.version, client_timeout=10)
        )
        served = {
            tensor.name: (tensor.datatype, tuple(tensor.shape)[1:])
            for tensor in (*metadata.inputs, *metadata.outputs)
        }
        for tensor in (IMAGE, *OUTPUTS):
            declared = (tensor.triton_dtype, tensor.shape)
            if served.get(tensor.name) != declared:
                raise ContractViolation(
                    f"Model {self.name} version {self.version} serves {tensor.name} as "
                    f"{served.get(tensor.name)}, and the contract says {declared}."
                )

    def score(self, images: NDArray[np.uint8]) -> ModelOutput:
        """Score network inputs.

        Args:
            images: [n, *IMAGE.shape].

        Raises:
            Retryable: If Triton is away, or stays ill after a reload.
            ContractViolation: If it refuses the request or an answer breaks the contract.
        """
        batches = [
            images[start : start + MAX_BATCH_SIZE]
            for start in range(0, len(images), MAX_BATCH_SIZE)
        ]
        answers: list[list[NDArray[np.float32]]] = []
        waiting: deque[tuple[NDArray[np.uint8], Future[Any]]] = deque()
        for batch in batches:
            waiting.append((batch, self._send(batch)))
            if len(waiting) == MAX_IN_FLIGHT:
                answers.append(self._receive(*waiting.popleft()))
        answers += [self._receive(*one) for one in waiting]
        stacked = [np.concatenate(parts) for parts in zip(*answers, strict=True)]
        return ModelOutput(*stacked)

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _client(self) -> Any:
        if self._connection is None:
            self._connection = grpc.InferenceServerClient(self.url)
        return self._connection

    def _send(self, batch: NDArray[np.uint8]) -> Future[Any]:
        """Send a batch without waiting for its answer."""
        future: Future[Any] = Future()

        def answered(result: Any, error: Exception | None) -> None:
            future.set_exception(error) if error else future.set_result(result)

        try:
            self._client.async_infer(
                self.name,
                [_as_input(batch)],
                answered,
                model_version=self.version,
                client_timeout=REQUEST_TIMEOUT_S,
            )
        except InferenceServerException as error:
            future.set_exception(error)
        return future

    def _receive(
        self, batch: NDArray[np.uint8], future: Future[Any]
    ) -> list[NDArray[np.float32]]:
        """Take an answer; a batch that failed is sent again."""
        pending = [future]
        answer = self._tried(lambda: (pending.pop() if pending else self._send(batch)).result())
        return [
            _checked(answer.as_numpy(tensor.name), tensor, len(batch)) for tensor in OUTPUTS
        ]

    def _tried(self, ask: Callable[[], Result]) -> Result:
        for wait_s in (*WAITS_S, None):
            try:
                return ask()
            except InferenceServerException as error:
                self._mend(error)
                if wait_s is None:
                    raise Retryable(f"Triton at {self.url} does not answer: {error}") from error
                time.sleep(wait_s * random.uniform(0.5, 1.5))  # noqa: S311  # jitter
        raise AssertionError

    def _mend(self, error: InferenceServerException) -> None:
        """Reload a model whose stub died; refuse what no second try can change."""
        status, message = str(error.status()), str(error.message())
        if _DEAD_STUB in message:
            self._reload()
        elif not any(name in status for name in _AWAY):
            raise ContractViolation(
                f"Triton refuses {self.name} version {self.version}: {message}"
            ) from error

    def _reload(self) -> None:
        """Triton never restarts a dead stub by itself, and still calls the model ready."""
        try:
            self._client.unload_model(self.name)
            self._client.load_model(self.name)
        except InferenceServerException as error:
            raise Retryable(
                f"Triton at {self.url} cannot reload {self.name}: {error}"
            ) from error


def _as_input(batch: NDArray[np.uint8]) -> Any:
    tensor = grpc.InferInput(IMAGE.name, list(batch.shape), IMAGE.triton_dtype)
    tensor.set_data_from_numpy(batch)
    return tensor


def _checked(values: Any, tensor: Tensor, n: int) -> NDArray[np.float32]:
    """An answer's tensor, if it has the contract's shape and range.

    Raises:
        ContractViolation: If it has not: no such value may reach a table.
    """
    if values is None or values.shape != (n, *tensor.shape):
        found = None if values is None else values.shape
        raise ContractViolation(f"{tensor.name} came as {found}, not {(n, *tensor.shape)}.")
    if not bool(((values >= 0) & (values <= 1)).all()):
        raise ContractViolation(f"{tensor.name} holds a value that is not in 0-1.")
    return values
