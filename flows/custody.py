"""What the commands about one person need: the lake, its files, the bucket, the key, no night.

It makes nothing that should be there already: neither a lake nor a key.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flows.local_stack import LocalStack, Parts
from flows.night import use
from flows.services import (
    bucket_location,
    existing_lake,
    load_settings,
    prefect_api_url,
    pseudonym_key,
)
from flows.stack.stack_registry import running_stack
from tasks.errors import Misconfigured, Retryable
from tasks.ingest.object_store import ObjectStore
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.files import LakeFiles
from tasks.lake.store import Lake
from tasks.privacy.audit import Asker
from tasks.settings import Settings


@dataclass(frozen=True)
class Custody:
    """The programme's data, as whoever answers for them holds them."""

    settings: Settings
    lake: Lake
    files: LakeFiles
    store: ObjectStore
    pseudonymiser: Pseudonymiser

    def asker(self, reason: str) -> Asker:
        """Who asks, by the settings."""
        return Asker(self.settings.role, reason)


@contextmanager
def custody(say: Callable[[str], object]) -> Generator[Custody]:
    """Open everything; a bucket that no setting names and no stack serves runs meanwhile.

    Raises:
        Misconfigured: If there is no lake, or no pseudonym key.
    """
    settings = load_settings()
    lake = existing_lake(settings)
    pseudonymiser = Pseudonymiser(_existing_key(settings))
    with _bucket(settings, say):
        settings = load_settings()
        files = LakeFiles(lake.url, lake.storage_options)
        store = ObjectStore(bucket_location(settings))
        yield Custody(settings, lake, files, store, pseudonymiser)


def check_no_night(since: datetime | None = None) -> None:
    """See that no night runs, or began since a moment: it would write rows of hers again.

    Raises:
        Retryable: If one does; the message says what to do.
    """
    if api_url := prefect_api_url():
        from flows.limits import nights_of  # Prefect reads settings at import

        if names := nights_of(api_url, since):
            raise Retryable(
                f"Prefect at {api_url} calls {names[0]!r} running or just begun: wait for its "
                "end and run the same command again. If that night died (a power cut, a kill), "
                "say so with --no-night-runs."
            )


def _existing_key(settings: Settings) -> bytes:
    path = settings.home / "secrets" / "pseudonym_key"
    if not settings.pseudonym_key and not path.exists():
        raise Misconfigured(
            f"No pseudonym key: SMART_MAMMO_PSEUDONYM_KEY is not set and {path} does not "
            "exist. Without the secret that the lake was made with nobody can be found in it."
        )
    return pseudonym_key(settings)


@contextmanager
def _bucket(settings: Settings, say: Callable[[str], object]) -> Generator[None]:
    if running := running_stack(settings.home):
        use(running)
        yield
    elif settings.s3_endpoint:
        yield
    else:
        with LocalStack(settings, Parts(triton=False, prefect=False), say) as stack:
            use(stack.addresses)
            yield
