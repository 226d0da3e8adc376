"""What was published for a day, and published again: the lists that the lake's past holds."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from tasks.errors import SmartMammoError
from tasks.lake.schemas import PRIORITY_LISTS
from tasks.lake.store import Lake

N_COMMITS = 12
"""Commits that are looked back on, whatever they were about."""


@dataclass(frozen=True)
class ListVersion:
    """A day's list as it was published once.

    Args:
        version: Of the table.
        published_at: In UTC.
    """

    version: int
    published_at: datetime


def read_list(lake: Lake, list_date: date, version: int | None = None) -> pl.DataFrame:
    """The rows of a day's list by rank, now or as of a version of the table."""
    is_of_day = pl.col("list_date") == list_date
    if version is None:
        return lake.read(PRIORITY_LISTS, where=is_of_day).sort("rank")
    return lake.scan(PRIORITY_LISTS, version).filter(is_of_day).sort("rank").collect()


def read_list_versions(lake: Lake, list_date: date) -> list[ListVersion]:
    """Each publication of a day's list, the latest first, each by the last version with it."""
    found: dict[datetime, int] = {}
    for version in lake.history(PRIORITY_LISTS)["version"].head(N_COMMITS).to_list():
        moments = _published(lake, list_date, version)
        if not moments:
            break
        found.setdefault(moments[0], version)
    return [ListVersion(version, moment) for moment, version in found.items()]


def _published(lake: Lake, list_date: date, version: int) -> list[datetime]:
    """When a version's list of a day was published; empty where it has none, or is gone."""
    rows = pl.col("list_date") == list_date
    try:
        scanned = lake.scan(PRIORITY_LISTS, version).filter(rows).select("published_at").head(1)
        return scanned.collect()["published_at"].to_list()
    except (SmartMammoError, pl.exceptions.PolarsError, OSError):
        return []
