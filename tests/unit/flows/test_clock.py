"""Nights on Chile's summer time and on the night when it ends and begins."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect.server.schemas.schedules import CronSchedule

from flows import services
from tests.support.servers import ROOT

SANTIAGO = ZoneInfo("America/Santiago")
DEPLOYMENT = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"][0]
SUMMER_ENDS = datetime(2027, 4, 4, 3, tzinfo=UTC)
SUMMER_BEGINS = datetime(2027, 9, 5, 4, tzinfo=UTC)
"""When clocks go back from, and on from, midnight."""


def nights(start: datetime, n: int) -> list[datetime]:
    """When Prefect would start the nights after a moment, in Chile."""
    [schedule] = DEPLOYMENT["schedules"]
    cron = CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
    return [at.astimezone(SANTIAGO) for at in asyncio.run(cron.get_dates(n, start))]


def test_every_date_of_a_year_has_one_night_at_two():
    found = nights(datetime(2027, 1, 1, 12, tzinfo=UTC), 365)
    assert Counter(at.time().isoformat() for at in found) == {"02:00:00": 365}
    dates = [at.date() for at in found]
    assert dates == [date(2027, 1, 2) + timedelta(days=n) for n in range(365)]


@pytest.mark.parametrize("change", [SUMMER_ENDS, SUMMER_BEGINS])
def test_the_night_of_the_change_comes_once(change):
    first, second = nights(change - timedelta(hours=2), 2)
    assert first.utcoffset() != (first - timedelta(hours=6)).utcoffset()
    assert (second.date() - first.date()).days == 1


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (SUMMER_ENDS - timedelta(minutes=1), date(2027, 4, 3)),
        (SUMMER_ENDS + timedelta(minutes=59), date(2027, 4, 3)),
        (SUMMER_ENDS + timedelta(minutes=60), date(2027, 4, 4)),
        (SUMMER_BEGINS - timedelta(minutes=1), date(2027, 9, 4)),
        (SUMMER_BEGINS, date(2027, 9, 5)),
    ],
)
def test_the_lists_date_is_that_of_chiles_wall_clock(now, expected, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return now.astimezone(tz)

    monkeypatch.setattr(services, "datetime", Clock)
    assert services.today() == expected
