"""A campaign of a test's own on the suite's servers: put objects, run nights, read tables."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from prefect.client.schemas.objects import State
from prefect.logging.handlers import APILogHandler
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.campaign import campaign
from flows.drill import check
from flows.services import bucket_location, build_lake, load_settings
from tasks.ingest.object_store import ObjectStore
from tasks.lake.columns import Table
from tasks.lake.schemas import TABLES
from tasks.lake.store import Lake
from tasks.synthetic.campaign import GeneratedObject

LIST_DATE = date(2026, 11, 24)
RUN_TIMES = check.RUN_TIMES | {"fitted_at"}
"""Columns that tell one run from another and no more."""


@dataclass(frozen=True)
class Campaign:
    """A bucket and a lake of a test's own."""

    store: ObjectStore
    lake: Lake
    environment: dict[str, str]
    prefect_api_url: str

    def put(self, objects: Iterable[GeneratedObject]) -> None:
        """Store objects under their keys."""
        for item in objects:
            self.store.write(item.object_key, item.data)

    def run(self, list_date: date = LIST_DATE) -> State:
        """Run a night in this process against the real servers."""
        with temporary_settings({PREFECT_API_URL: self.prefect_api_url}):
            state = campaign(list_date, return_state=True)
            APILogHandler().flush()
            return state

    def read(self, table: Table) -> pl.DataFrame:
        """All rows of a table."""
        return self.lake.read(table)

    def versions(self) -> dict[str, int | None]:
        """The version of every table: two equal answers mean that nothing was written."""
        return {table.name: self.lake.version(table) for table in TABLES}

    def content(self, table: Table) -> pl.DataFrame:
        """What a table says, without which run said it and when, in the order of its key."""
        rows = self.read(table).drop(RUN_TIMES, strict=False)
        return rows.sort([name for name in table.key if name in rows.columns])


@contextmanager
def new_campaign(
    home: Path, monkeypatch: pytest.MonkeyPatch, servers: dict[str, str]
) -> Iterator[Campaign]:
    """Point the environment at the suite's servers with an empty bucket and an empty lake."""
    environment = {
        **servers,
        "SMART_MAMMO_HOME": str(home),
        "SMART_MAMMO_PSEUDONYM_KEY": "the same in every home, so that tables can be compared",
        "SMART_MAMMO_S3_BUCKET": f"campaign-{uuid.uuid4().hex[:12]}",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    store = ObjectStore(bucket_location(settings))
    store.ensure_bucket()
    yield Campaign(store, build_lake(settings), environment, environment["PREFECT_API_URL"])
