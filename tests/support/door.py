"""The first half of a night on a real bucket and a lake of a test's own, without a model."""

import io
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.services import build_services, load_settings
from flows.stack.servers import EmbeddedS3
from tasks.ingest.intake import discover_objects, read_batch, unread_batches
from tasks.lake.schemas import INSTANCES, OBJECTS
from tasks.preprocess.shard import preprocess_shard
from tasks.run import Run
from tasks.services import Services


@dataclass(frozen=True)
class Door:
    """What stands between a bucket and the network inputs."""

    services: Services

    def put(self, objects: Mapping[str, bytes]) -> None:
        """Store objects under their keys."""
        for key, data in objects.items():
            self.services.store.write(key, data)

    def read(self) -> pl.DataFrame:
        """List the bucket, read what is new, and tell what `objects` says then."""
        run = Run.begin(date(2026, 11, 24))
        discover_objects(self.services.lake, self.services.store, run)
        for keys in unread_batches(self.services.lake):
            read_batch(keys, self.services, run)
        return self.services.lake.read(OBJECTS).sort("object_key")

    def preprocess(self) -> pl.DataFrame:
        """Make the network inputs of what was read, and tell what `objects` says then."""
        exam_keys = self.services.lake.read(INSTANCES)["exam_key"].unique().to_list()
        preprocess_shard(exam_keys, self.services, Run.begin(date(2026, 11, 24)))
        return self.services.lake.read(OBJECTS).sort("object_key")

    def reasons(self) -> dict[str, str | None]:
        """The reason of every object that is there, by its key."""
        rows = self.services.lake.read(OBJECTS, where=pl.col("gone_at").is_null())
        return dict(rows.select("object_key", "reason").sort("object_key").iter_rows())


@contextmanager
def open_door(
    home: Path, server: EmbeddedS3, monkeypatch: pytest.MonkeyPatch, **settings: object
) -> Iterator[Door]:
    """An empty bucket, an empty lake and one worker; settings as variables' ends."""
    environment = {
        "AWS_ACCESS_KEY_ID": server.keys.access_key,
        "AWS_SECRET_ACCESS_KEY": server.keys.secret_key,
        "SMART_MAMMO_HOME": str(home),
        "SMART_MAMMO_S3_ENDPOINT": server.endpoint,
        "SMART_MAMMO_S3_BUCKET": f"door-{uuid.uuid4().hex[:12]}",
        "SMART_MAMMO_TRITON_URL": "127.0.0.1:9",
        "SMART_MAMMO_N_WORKERS": "1",
        **{f"SMART_MAMMO_{name.upper()}": str(value) for name, value in settings.items()},
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    services = build_services(load_settings())
    services.store.ensure_bucket()
    with services.pool:
        yield Door(services)


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as container:
        for name, data in members.items():
            container.writestr(name, data)
    return buffer.getvalue()
