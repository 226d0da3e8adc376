"""Tries an operation of the object store again, with growing waits, as long as it may succeed.

It translates boto3's exceptions, and never retries what waiting cannot mend.
"""

import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from tasks.errors import Misconfigured, Retryable

N_TRIES = 5
FIRST_WAIT_S = 0.2

N_FAILURES_IN_A_ROW = 8
"""Objects, each tried `N_TRIES` times: the store is down, and to wait for each takes hours."""

Item = TypeVar("Item")
Result = TypeVar("Result")

_GONE = frozenset({"NoSuchKey", "404", "PreconditionFailed", "412", "InvalidRange", "416"})


class ObjectChanged(Retryable):
    """Another object than the one listed is there by now, or none: the next listing tells."""


class DamagedInTransit(Exception):  # noqa: N818 - never leaves: retried, then a Retryable
    """What arrived is not what is stored."""


def retried(what: str, attempt: Callable[[], Result]) -> Result:
    """Call `attempt` until it succeeds, `N_TRIES` times at most.

    Args:
        what: The operation, as the start of a sentence.
        attempt: Raises boto3's exceptions or `DamagedInTransit`.

    Raises:
        ObjectChanged: If the object is not there any more.
        Misconfigured: If there are no credentials.
        Retryable: If no try succeeded.
    """
    last: Exception | None = None
    for n_tries in range(N_TRIES):
        if n_tries:
            longest_s = FIRST_WAIT_S * 3 ** (n_tries - 1)
            time.sleep(random.uniform(longest_s / 2, longest_s))  # noqa: S311 - jitter
        try:
            return attempt()
        except NoCredentialsError as error:
            raise Misconfigured(
                "There are no S3 credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            ) from error
        except ClientError as error:
            if error_code(error) in _GONE:
                raise ObjectChanged(f"{what}: it is not there as listed.") from error
            last = error
        except (BotoCoreError, DamagedInTransit, OSError) as error:
            last = error
    raise Retryable(f"{what} failed {N_TRIES} times; at last: {_short(last)}.") from last


def until_down(
    results: Generator[tuple[Item, Result | Retryable]],
) -> Iterator[tuple[Item, Result | Retryable]]:
    """Pass results on, and end early once the store fails one object after the other.

    Args:
        results: Of reading objects; it is closed at the end.
    """
    n_failures = 0
    with closing(results):
        for item, result in results:
            yield item, result
            is_answer = not isinstance(result, Retryable) or isinstance(result, ObjectChanged)
            n_failures = 0 if is_answer else n_failures + 1
            if n_failures == N_FAILURES_IN_A_ROW:
                return


def all_lost(what: str, failures: Sequence[Retryable], n_tried: int, n: int) -> Retryable:
    """The error of a batch: how much failed, how much was not tried after that, and why."""
    left = (
        f" {n - n_tried} were not tried: the store failed {N_FAILURES_IN_A_ROW} times in a row."
        if n_tried < n
        else ""
    )
    return Retryable(f"{len(failures)} of {n} {what} could not be read: {failures[0]}{left}")


def error_code(error: ClientError) -> str:
    """The store's name for an error, such as NoSuchKey, else its HTTP status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _short(error: Exception | None) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
