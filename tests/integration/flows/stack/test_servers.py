import hashlib
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import boto3
import httpx
import psutil
import pytest
from botocore.exceptions import ClientError
from tritonclient.grpc import InferenceServerClient

from flows.stack.prefect_server import EmbeddedPrefect
from flows.stack.servers import EmbeddedS3, S3Keys, s3_keys
from flows.stack.triton_server import EmbeddedTriton
from models.contract import MODEL_NAME
from tasks.errors import ContractViolation, Misconfigured
from tasks.redeploy.loading import warm_up
from tests.support.servers import ANY_PORT, MODEL_REPOSITORY, TRITON_ENVIRONMENT

pytestmark = pytest.mark.integration


def connect(server: EmbeddedS3, keys: S3Keys):
    return closing(
        boto3.client(
            "s3",
            endpoint_url=server.endpoint,
            region_name="us-east-1",
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
        )
    )


def test_store_returns_what_was_put_with_its_md5_as_etag(s3_server: EmbeddedS3):
    digest = hashlib.md5(b"mammogram").hexdigest()
    with connect(s3_server, s3_server.keys) as client:
        client.create_bucket(Bucket="servers")
        etag = client.put_object(Bucket="servers", Key="a/b.dcm", Body=b"mammogram")["ETag"]
        answer = client.get_object(Bucket="servers", Key="a/b.dcm")
        assert (etag, answer["Body"].read()) == (f'"{digest}"', b"mammogram")


def test_store_refuses_a_wrong_secret(s3_server: EmbeddedS3):
    wrong = s3_server.keys._replace(secret_key="0" * 40)
    with connect(s3_server, wrong) as client, pytest.raises(ClientError, match="403"):
        client.head_bucket(Bucket="servers")


def test_keys_stay_the_same_and_only_their_owner_reads_them(tmp_path: Path):
    assert s3_keys(tmp_path) == s3_keys(tmp_path)
    assert (tmp_path / "secrets" / "s3.json").stat().st_mode & 0o777 == 0o600


def test_triton_serves_the_committed_version_on_loopback_only(triton_server: EmbeddedTriton):
    with InferenceServerClient(triton_server.url) as client:
        assert client.is_model_ready(MODEL_NAME, "1")
    assert triton_server.url.startswith("127.0.0.1:")


def test_a_triton_that_a_signal_ends_is_started_again(tmp_path: Path):
    with EmbeddedTriton(tmp_path, TRITON_ENVIRONMENT, MODEL_REPOSITORY, ANY_PORT) as triton:
        (killed,) = processes_of(triton)
        killed.kill()
        killed.wait(10)
        deadline = monotonic() + 60
        while not triton.is_ready() and monotonic() < deadline:
            sleep(0.2)
        warm_up(triton.url, ["1"])
        assert processes_of(triton) != [killed]


def processes_of(triton: EmbeddedTriton) -> list[psutil.Process]:
    """The server's own process, told by its port."""
    family = psutil.Process().children(recursive=True)
    port = f"--grpc-port={triton.port}"
    return [one for one in family if one.name() == "tritonserver" and port in one.cmdline()]


def test_prefect_serves_its_api_without_analytics(prefect_server: EmbeddedPrefect):
    settings = httpx.get(f"{prefect_server.api_url}/admin/settings", timeout=30).json()
    assert settings["server"]["analytics_enabled"] is False


def test_a_taken_port_is_left_alone(s3_server: EmbeddedS3, tmp_path: Path):
    with EmbeddedS3(tmp_path, preferred_port=s3_server.port) as second:
        assert second.port != s3_server.port


def test_a_missing_environment_is_a_sentence_with_the_remedy(tmp_path: Path):
    triton = EmbeddedTriton(tmp_path, tmp_path / "none", MODEL_REPOSITORY, ANY_PORT)
    with pytest.raises(Misconfigured, match="make setup"):
        triton.__enter__()


def test_a_half_copied_version_is_not_served(tmp_path: Path):
    version = tmp_path / MODEL_NAME / "1"
    version.mkdir(parents=True)
    config = MODEL_REPOSITORY / MODEL_NAME / "config.pbtxt"
    (tmp_path / MODEL_NAME / "config.pbtxt").write_text(config.read_text())
    triton = EmbeddedTriton(tmp_path, TRITON_ENVIRONMENT, tmp_path, ANY_PORT)
    with pytest.raises(ContractViolation, match="SHA256SUMS"):
        triton.__enter__()


def test_a_server_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(EmbeddedS3, "environment", {"RCLONE_VERBOSE": "nonsense"})
    with pytest.raises(Misconfigured, match="nonsense"):
        EmbeddedS3(tmp_path, ANY_PORT).__enter__()
