"""The model as Triton serves it: batches over gRPC, the version pinned in every request.

It publishes no answer that breaks the contract, and gives up on a server that stays away, so
that the shard is done again later.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from tritonclient.utils import InferenceServerException

from models.contract import IMAGE, MAX_BATCH_SIZE, MODEL_NAME
from tasks.errors import ContractViolation, Retryable
from tasks.score.answers import ModelOutput, UnusableAnswerError, check_answer, join_answers
from tasks.score.circuit import Circuit
from tasks.score.connection import TritonConnection
from tasks.score.served import compare_with_contract

__all__ = ["Limits", "ModelOutput", "TritonModel"]

DEAD_STUB = "Stub process"
"""In the error once the python backend's process is gone: Triton never starts it again and
still calls the model ready."""

WRONG_REQUEST = frozenset({"StatusCode.INVALID_ARGUMENT", "StatusCode.UNIMPLEMENTED"})
"""Asking again would not help. Any other status may be a server that comes, goes or reloads."""

NOT_SERVED = WRONG_REQUEST | {"StatusCode.NOT_FOUND", "StatusCode.UNAVAILABLE"}
"""What Triton may answer about a version that it does not serve."""


@dataclass(frozen=True)
class Limits:
    """How patient the client is.

    Args:
        n_in_flight: Batches under way at once: one is computed while the next one travels.
        request_timeout_s: For one batch, its place in Triton's queue included.
        n_failures: In a row, before the server counts as away.
        first_wait_s: Before the second attempt; doubled before each further one.
    """

    n_in_flight: int = 2
    request_timeout_s: float = 60
    n_failures: int = 3
    first_wait_s: float = 0.5

    def wait_s(self, n_failures: int) -> float:
        """How long to wait after so many failures in a row: growing, and never in step."""
        jitter = random.uniform(1, 1.5)  # noqa: S311  # no secret
        return self.first_wait_s * 2 ** (n_failures - 1) * jitter


DEFAULT_LIMITS = Limits()


class TritonModel:
    """One version of the model. Connects when first used; can be sent to another process.

    Args:
        url: host:port of Triton's gRPC.
        version: The only one that is asked.
        name: As Triton knows the model.
        limits: How patient the client is.
    """

    def __init__(
        self, url: str, version: str, name: str = MODEL_NAME, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self.url = url
        self.version = version
        self.name = name
        self.limits = limits
        self._connection = TritonConnection(url, name, version, limits.request_timeout_s)

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Travel without the connection."""
        return (type(self), (self.url, self.version, self.name, self.limits))

    def __enter__(self) -> Self:
        """Close the connection at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection, if there is one; the next use opens another."""
        self._connection.close()

    def check_contract(self) -> None:
        """Compare what Triton serves with the tensor contract.

        Raises:
            ContractViolation: If the version is not loaded, or tensors or batch size differ.
            Retryable: If Triton does not answer.
        """
        try:
            metadata, config = self._connection.describe()
        except InferenceServerException as error:
            if _is_about_the_model(error):
                raise ContractViolation(
                    f"Triton at {self.url} does not serve {self.name} version {self.version}: "
                    f"load it, or change the pinned version ({error.message()})."
                ) from error
            raise Retryable(f"Triton at {self.url} is away: {error.message()}") from error
        differences = compare_with_contract(metadata, config)
        if differences:
            raise ContractViolation(
                f"{self.name} version {self.version} breaks the contract: "
                f"{'; '.join(differences)}."
            )

    def score(self, images: NDArray[np.uint8]) -> ModelOutput:
        """Score images, in batches of MAX_BATCH_SIZE with a bounded number in flight.

        Args:
            images: [n, *IMAGE.shape], display values.

        Returns:
            One row an image, in the order of `images`.

        Raises:
            Retryable: If Triton stays away.
            ContractViolation: If images or answers break the contract.
        """
        if images.shape[1:] != IMAGE.shape or images.dtype != np.dtype(IMAGE.dtype):
            raise ContractViolation(
                f"The model takes {IMAGE.dtype} {list(IMAGE.shape)} images, "
                f"not {images.dtype} {list(images.shape[1:])}."
            )
        starts = range(0, len(images), MAX_BATCH_SIZE)
        batches = [images[start : start + MAX_BATCH_SIZE] for start in starts]
        score_batch = partial(self._score_batch, circuit=Circuit(self.limits.n_failures))
        threads = ThreadPoolExecutor(self.limits.n_in_flight, "triton")
        try:
            return join_answers(list(threads.map(score_batch, batches)))
        finally:
            threads.shutdown(cancel_futures=True)

    def _score_batch(self, batch: NDArray[np.uint8], circuit: Circuit) -> ModelOutput:
        """Ask until there is an answer or the server counts as away."""
        while True:
            begun_at_s = monotonic()
            try:
                answer = check_answer(self._connection.infer(batch), len(batch))
            except (InferenceServerException, UnusableAnswerError) as error:
                n_failures = circuit.record_failure(begun_at_s)
                self._raise_if_hopeless(error, circuit)
                if DEAD_STUB in str(error):
                    self._connection.reload(begun_at_s)
                else:
                    sleep(self.limits.wait_s(n_failures))
            else:
                circuit.record_success()
                return answer

    def _raise_if_hopeless(self, error: Exception, circuit: Circuit) -> None:
        """Translate an error after which asking again makes no sense, now or ever."""
        if isinstance(error, InferenceServerException) and error.status() in WRONG_REQUEST:
            raise ContractViolation(
                f"Triton at {self.url} refuses the request: {error.message()}"
            ) from error
        if not circuit.is_open:
            return
        if isinstance(error, UnusableAnswerError):
            raise ContractViolation(
                f"{self.name} version {self.version}: {error}, {circuit.limit} times in a row."
            ) from error
        raise Retryable(
            f"Triton at {self.url} failed {circuit.limit} times in a row: {error}"
        ) from error


def _is_about_the_model(error: InferenceServerException) -> bool:
    """Whether a server answered that it lacks this version, and not that no server is there."""
    return error.status() in NOT_SERVED and "model" in str(error.message()).lower()
