"""Tries an operation of the object store again, with growing waits, as long as it may succeed.

It translates boto3's exceptions, and never retries what waiting cannot mend.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from tasks.errors import Misconfigured, Retryable

N_TRIES = 5
FIRST_WAIT_S = 0.2

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


def error_code(error: ClientError) -> str:
    """The store's name for an error, such as NoSuchKey, else its HTTP status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _short(error: Exception | None) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
