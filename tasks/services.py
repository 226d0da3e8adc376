"""The adapters that a night works with, as one value to hand in.

Built in `flows/services.py` and nowhere else. Every adapter connects when it is first used, so
the value can be sent to another process.
"""

from dataclasses import dataclass, replace

from tasks.ingest.containers import ContainerLimits
from tasks.ingest.header import HeaderLimits
from tasks.ingest.object_store import ObjectStore
from tasks.ingest.pseudonym import NoPseudonyms, Pseudonymiser
from tasks.lake.store import Lake
from tasks.preprocess.reading import ReadLimits
from tasks.preprocess.workers import WorkerPool
from tasks.score.triton import TritonModel
from tasks.settings import Settings
from tasks.telemetry import Telemetry


@dataclass(frozen=True)
class Services:
    """What the steps of a night need from outside."""

    settings: Settings
    store: ObjectStore
    lake: Lake
    model: TritonModel
    pool: WorkerPool
    pseudonymiser: Pseudonymiser
    telemetry: Telemetry

    def for_shards(self) -> "Services":
        """The same without the secrets of the door: shards may run on other machines."""
        return replace(
            self,
            settings=self.settings.model_copy(
                update={"pseudonym_key": None, "oidc_client_secret": None}
            ),
            pseudonymiser=NoPseudonyms(),
        )

    @property
    def header_limits(self) -> HeaderLimits:
        """What an object may ask for at the door."""
        return header_limits(self.settings)

    @property
    def read_limits(self) -> ReadLimits:
        """What an image may ask for on its way to the network input."""
        return read_limits(self.settings)


def header_limits(settings: Settings) -> HeaderLimits:
    """What settings let an object ask for at the door."""
    return HeaderLimits(
        max_object_bytes=settings.max_object_bytes,
        max_bytes=settings.max_header_bytes,
        max_elements=settings.max_header_elements,
        container=ContainerLimits(
            settings.max_container_members, settings.max_container_inflated_bytes
        ),
    )


def read_limits(settings: Settings) -> ReadLimits:
    """What settings let an image ask for on its way to the network input."""
    return ReadLimits(
        max_frame_pixels=settings.max_frame_pixels,
        max_elements=settings.max_header_elements,
    )
