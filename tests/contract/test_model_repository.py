"""The committed model repository against the contract that it is generated from."""

import pytest

from models.contract import MODEL_NAME
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.redeploy.record import read_record
from tasks.redeploy.repository import (
    served_versions,
    verify_served_versions,
)
from tasks.redeploy.triton_configs import cpu_config, gpu_config, torch_config
from tasks.score.triton import TritonModel
from tests.support.servers import MODEL_REPOSITORY

FOLDER = MODEL_REPOSITORY / MODEL_NAME


def test_committed_configurations_are_the_generated_ones():
    versions = served_versions(MODEL_REPOSITORY)
    assert (FOLDER / "config.pbtxt").read_text() == gpu_config(versions)
    assert (FOLDER / "configs" / "cpu.pbtxt").read_text() == cpu_config(versions)
    assert (FOLDER / "configs" / "torch.pbtxt").read_text() == torch_config(versions)


def test_committed_versions_agree_with_their_seals():
    verify_served_versions(MODEL_REPOSITORY)


def test_the_committed_version_takes_what_preprocessing_makes_today():
    """An innocent import once changed the version, and with it every stored image's worth."""
    record = read_record(MODEL_REPOSITORY, "1")
    assert record["training"]["preprocessing_version"] == PREPROCESSING_VERSION


def test_committed_weights_stay_small():
    size_bytes = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    assert size_bytes < 12e6


@pytest.mark.integration
def test_served_model_keeps_the_contract(triton_server):
    for version in served_versions(MODEL_REPOSITORY):
        with TritonModel(triton_server.url, version) as model:
            model.check_contract()
