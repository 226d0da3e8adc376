"""The adapters that a night works with, as one value to hand in.

Built in `flows/services.py` and nowhere else. Every adapter connects when it is first used, so
the value can be sent to another process.
"""

from dataclasses import dataclass

from tasks.ingest.object_store import ObjectStore
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool
from tasks.score.triton import TritonModel
from tasks.settings import Settings


@dataclass(frozen=True)
class Services:
    """What the steps of a night need from outside."""

    settings: Settings
    store: ObjectStore
    lake: Lake
    model: TritonModel
    pool: WorkerPool
    pseudonymiser: Pseudonymiser
