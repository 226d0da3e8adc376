"""A campaign whose bucket and lake are both in S3, and what a night on it must leave."""

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tasks.ingest.object_store import ObjectStore
from tasks.lake.schemas import OBJECTS, RUNS
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import Campaign, new_campaign

PLAN = CampaignPlan(n_exams=3, seed=5, size_scale=0.12, trouble=False)
N_IMAGES = 4 * PLAN.n_exams


@contextmanager
def new_campaign_in_s3(
    home: Path, monkeypatch: pytest.MonkeyPatch, servers: dict[str, str]
) -> Generator[Campaign]:
    """Give the lake a bucket of its own beside the campaign's, on the same store.

    The store has to take the keys of the suite's own S3 server: workers are forked from
    a process that keeps the environment of the session's first night.
    """
    bucket = f"lake-{uuid.uuid4().hex[:12]}"
    variables = {**servers, "SMART_MAMMO_LAKE_URL": f"s3://{bucket}/tables"}
    with new_campaign(home, monkeypatch, variables) as campaign:
        ObjectStore(replace(campaign.store.location, bucket=bucket)).ensure_bucket()
        yield campaign
        assert not (home / "lake").exists()


def accounting(campaign: Campaign) -> dict[tuple[str, str | None], int]:
    """Objects of the bucket by state and reason; checked against the row of the last run."""
    states = campaign.read(OBJECTS).group_by("state", "reason").len().rows()
    counts = {(state, reason): n for state, reason, n in states}
    run = campaign.read(RUNS).sort("finished_at").row(-1, named=True)
    assert run["n_objects"] == sum(counts.values())
    for state in ("scored", "unscorable", "rejected", "pending"):
        of_state = sum(n for (found, _), n in counts.items() if found == state)
        assert run[f"n_{state}"] == of_state
    return counts


def listed(frame: pl.DataFrame) -> list[tuple[int, str, int]]:
    """Rank, lane and number of scored images of a list's rows."""
    return frame.sort("rank").select("rank", "lane", "n_images_scored").rows()
