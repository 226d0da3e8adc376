"""A model change on real servers: shadow, gate, promotion, rollback; Triton dies in each."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import monotonic

import polars as pl
import pytest

from flows.model_steps import NotProvenError, Redeployment
from flows.services import load_settings, pinned_model_version
from flows.stack.triton_server import EmbeddedTriton
from tasks.errors import Retryable
from tasks.lake.schemas import (
    DEPLOYMENTS,
    EXAM_SCORES,
    IMAGE_SCORES,
    OBJECTS,
    OUTCOMES,
    PRIORITY_LISTS,
)
from tasks.redeploy.repository import copy_versions, served_versions
from tasks.score.triton import TritonModel
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import LIST_DATE, Campaign, new_campaign
from tests.support.servers import ANY_PORT, TRITON_ENVIRONMENT
from tests.support.versions import copy_repository, make_version, upside_down

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

PLAN = CampaignPlan(n_exams=6, seed=5, size_scale=0.12, trouble=False)
N_IMAGES = 4 * PLAN.n_exams
NEXT_DATE = LIST_DATE + timedelta(days=1)
EQUAL, WORSE = "2", "3"


@dataclass(frozen=True)
class Programme:
    """A campaign with the Triton and the repository that serve it."""

    campaign: Campaign
    triton: EmbeddedTriton

    @property
    def redeployment(self) -> Redeployment:
        return Redeployment(load_settings(), self.campaign.lake)

    @property
    def repository(self) -> Path:
        return self.redeployment.repository

    def listed(self, list_date=LIST_DATE) -> bytes:
        """A day's list as it stands, as bytes."""
        return as_bytes(self.campaign.read(PRIORITY_LISTS), list_date)

    def mammo(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flows.cli", "model", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    def versions(self) -> list[dict[str, object]]:
        """What the command lists."""
        return json.loads(self.mammo("list", "--json").stdout)


def as_bytes(lists: pl.DataFrame, list_date) -> bytes:
    buffer = BytesIO()
    lists.filter(list_date=list_date).sort("rank").write_ipc(buffer)
    return buffer.getvalue()


def know_cancers(campaign: Campaign) -> None:
    """Say that the exams that version 1 finds most suspicious hold cancers: its AUC is 1."""
    exams = campaign.read(EXAM_SCORES).sort("calibrated_score", descending=True)["exam_key"]
    rows = [
        {
            **dict.fromkeys(OUTCOMES.schema),
            "exam_key": exam_key,
            "breast": "both",
            "source": "pathology",
            "is_malignant": place < PLAN.n_exams // 2,
            "recorded_at": datetime(2026, 11, 24, tzinfo=UTC),
        }
        for place, exam_key in enumerate(exams)
    ]
    campaign.lake.insert_new(OUTCOMES, OUTCOMES.frame(rows))


@pytest.fixture(scope="module")
def programme(
    tmp_path_factory: pytest.TempPathFactory, s3_server, prefect_server, servers
) -> Iterator[Programme]:
    """One night under version 1; version 2 is equal to it and version 3 upside down."""
    folder = tmp_path_factory.mktemp("programme")
    repository = copy_repository(folder)
    make_version(repository, EQUAL)
    make_version(repository, WORSE, upside_down)
    with (
        pytest.MonkeyPatch.context() as patch,
        EmbeddedTriton(folder, TRITON_ENVIRONMENT, repository, ANY_PORT) as triton,
    ):
        addresses = {
            **servers,
            "SMART_MAMMO_TRITON_URL": triton.url,
            "SMART_MAMMO_MODEL_REPOSITORY": str(repository),
            "SMART_MAMMO_TRITON_ENVIRONMENT": str(TRITON_ENVIRONMENT),
        }
        with new_campaign(folder / "home", patch, addresses) as campaign:
            campaign.put(generate_campaign(PLAN))
            assert campaign.run().is_completed()
            know_cancers(campaign)
            yield Programme(campaign, triton)


@pytest.fixture(scope="module")
def proven(programme: Programme) -> Programme:
    """Both candidates were verified, shadowed and compared."""
    for version in (EQUAL, WORSE):
        programme.redeployment.verify(version)
        programme.redeployment.shadow(version, 7)
        programme.redeployment.compare(version)
    return programme


def test_a_shadow_writes_rows_of_its_own_and_touches_no_list(programme: Programme):
    before = programme.campaign.versions()
    assert programme.redeployment.shadow(EQUAL, 7) == N_IMAGES
    after = programme.campaign.versions()
    counts = programme.campaign.read(IMAGE_SCORES).group_by("model_version").len().sort("len")
    assert dict(counts.iter_rows()) == {"1": N_IMAGES, EQUAL: N_IMAGES}
    for table in (PRIORITY_LISTS, OBJECTS):
        assert after[table.name] == before[table.name]
    assert programme.redeployment.shadow(EQUAL, 7) == 0


def test_a_shadow_that_loses_triton_loses_and_doubles_nothing(
    programme: Programme, monkeypatch
):
    monkeypatch.setattr("tasks.redeploy.shadow.EXAMS_AT_A_TIME", 2)
    with EmbeddedTriton(
        programme.triton.home / "dies",
        TRITON_ENVIRONMENT,
        make_private(programme, "4"),
        ANY_PORT,
    ) as triton:
        commit = programme.campaign.lake.__class__.upsert

        def die_after_scores(lake, table, frame):
            changed = commit(lake, table, frame)
            if table is IMAGE_SCORES:
                triton.__exit__(None, None, None)
            return changed

        with monkeypatch.context() as patch:
            patch.setattr(programme.campaign.lake.__class__, "upsert", die_after_scores)
            with pytest.raises(Retryable, match="Triton"):
                programme.redeployment.shadow("4", 7, triton.url)
    assert programme.redeployment.shadow("4", 7) == N_IMAGES - 8
    scores = programme.campaign.read(IMAGE_SCORES).filter(model_version="4")
    assert scores["sop_instance_key"].n_unique() == scores.height == N_IMAGES


def make_private(programme: Programme, version: str) -> Path:
    """A repository of one more version, which is equal to the first."""
    make_version(programme.repository, version)
    folder = programme.triton.home / f"private-{version}"
    copy_versions(programme.repository, [version], folder)
    return folder


def test_a_worse_version_is_refused_with_reasons_and_the_list_stays(proven: Programme):
    before = proven.campaign.versions(), proven.listed(), served_versions(proven.repository)
    with pytest.raises(NotProvenError) as refusal:
        proven.redeployment.promote(WORSE, "a test")
    for rule in ("auc_non_inferiority: -", "sensitivity: "):
        assert rule in str(refusal.value)
    assert "golden_set" not in str(refusal.value)
    after = proven.campaign.versions(), proven.listed(), served_versions(proven.repository)
    assert after == before


def test_a_version_that_has_shown_nothing_is_refused(proven: Programme):
    make_version(proven.repository, "9")
    result = proven.mammo("promote", "9")
    assert result.returncode == 1
    assert "auc_non_inferiority: no figure" in result.stderr
    assert "calibration: 0" in result.stderr


def test_a_triton_away_promotes_nothing_and_the_next_try_does(proven: Programme, monkeypatch):
    before = proven.campaign.versions(), served_versions(proven.repository)
    monkeypatch.setenv("SMART_MAMMO_TRITON_URL", "127.0.0.1:1")
    with pytest.raises(Retryable, match="is away"):
        proven.redeployment.promote(EQUAL, "a test")
    assert (proven.campaign.versions(), served_versions(proven.repository)) == before


DIES_BEFORE_ITS_ROW = """
import os, signal
from tasks.redeploy import deployment
deployment._record = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from flows.cli import main
main()
"""


def test_a_promotion_killed_before_its_row_leaves_the_former_version_in_service(
    proven: Programme,
):
    """Triton holds both versions by then; the next promotion is the fixture `promoted`."""
    listed = proven.listed()
    command = [sys.executable, "-c", DIES_BEFORE_ITS_ROW, "model", "promote", EQUAL]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert served_versions(proven.repository) == ["1", EQUAL]
    assert proven.campaign.read(DEPLOYMENTS).is_empty()
    states = {row["version"]: row["state"] for row in proven.versions()}
    assert (states["1"], states[EQUAL]) == ("serving", "candidate")
    assert proven.campaign.run().is_completed()
    assert proven.listed() == listed


@pytest.fixture(scope="module")
def promoted(proven: Programme) -> Programme:
    """The equal version was promoted, and a night ran under it."""
    proven.redeployment.promote(EQUAL, "a test")
    assert proven.campaign.run(NEXT_DATE).is_completed()
    return proven


def test_an_equal_version_passes_and_two_versions_are_served(
    promoted: Programme,
):
    assert served_versions(promoted.repository) == ["1", EQUAL]
    for version in ("1", EQUAL):
        TritonModel(promoted.triton.url, version).check_contract()
    [row] = promoted.campaign.read(DEPLOYMENTS).rows(named=True)
    assert (row["action"], row["model_version"], row["former_model_version"]) == (
        "promote", EQUAL, "1",
    )  # fmt: skip
    assert "comparison-2" in row["evidence"]
    assert row["override"] is None


def test_each_list_carries_the_version_that_it_rests_on(promoted: Programme):
    lists = promoted.campaign.read(PRIORITY_LISTS)
    found = lists.select("list_date", "model_version").unique().sort("list_date").rows()
    assert found == [(LIST_DATE, "1"), (NEXT_DATE, EQUAL)]


def test_a_folder_dropped_into_the_repository_changes_nothing(promoted: Programme):
    listed = promoted.listed(NEXT_DATE)
    make_version(promoted.repository, "7", upside_down)
    assert promoted.campaign.run(NEXT_DATE).is_completed()
    assert promoted.listed(NEXT_DATE) == listed
    assert served_versions(promoted.repository) == ["1", EQUAL]


def test_states_and_moves_are_listed(promoted: Programme):
    listed = promoted.versions()
    states = {row["version"]: row["state"] for row in listed}
    assert (states["1"], states[EQUAL], states[WORSE]) == ("former", "serving", "candidate")
    serving = next(row for row in listed if row["version"] == EQUAL)
    assert (serving["action"], serving["operator"]) == ("promote", "a test")


@pytest.fixture(scope="module")
def overruled(promoted: Programme) -> Programme:
    """The worse version was promoted against the gate, and a night ran under it."""
    promoted.redeployment.promote(WORSE, "a test", override="to be rolled back")
    assert promoted.campaign.run(NEXT_DATE).is_completed()
    return promoted


def test_an_override_is_recorded_with_the_rules_that_failed(overruled: Programme):
    row = overruled.campaign.read(DEPLOYMENTS).sort("deployed_at").row(-1, named=True)
    assert row["override"] == "to be rolled back"
    assert "auc_non_inferiority" in row["evidence"]
    assert pinned_model_version(overruled.campaign.lake) == WORSE
    assert served_versions(overruled.repository) == [EQUAL, WORSE]


def test_a_rollback_takes_less_than_a_minute_and_lists_replay_as_published(
    overruled: Programme,
):
    lake = overruled.campaign.lake
    published, version = overruled.listed(NEXT_DATE), lake.version(PRIORITY_LISTS)
    files = {path: path.stat().st_mtime for path in overruled.repository.rglob("*")}
    start = monotonic()
    result = overruled.mammo("rollback", "--by", "a test")
    seconds = monotonic() - start
    assert overruled.campaign.run(NEXT_DATE).is_completed()
    assert result.stdout == f"Version {EQUAL} is served from the next night on.\n"
    assert {path: path.stat().st_mtime for path in overruled.repository.rglob("*")} == files
    now = overruled.campaign.read(PRIORITY_LISTS).filter(list_date=NEXT_DATE)
    assert now["model_version"].unique().to_list() == [EQUAL]
    replayed = lake.scan(PRIORITY_LISTS, version).collect()
    assert as_bytes(replayed, NEXT_DATE) == published != overruled.listed(NEXT_DATE)
    sys.stdout.write(f"rolled back in {seconds:.1f} s\n")
    assert seconds < 60
