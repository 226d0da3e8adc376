"""docs/deploy against schemas, settings, commands and the calls that the code makes."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import kubernetes_validate
import pytest
import yaml
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count
from typer.main import get_group

from flows import metrics
from flows.cli import app
from tasks.errors import Misconfigured, Retryable
from tasks.ingest import object_store, retries
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.settings import Settings
from tests.support.servers import ROOT

FOLDER = ROOT / "docs" / "deploy"
KUBERNETES = FOLDER / "kubernetes"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
MANIFESTS = list(yaml.safe_load_all((KUBERNETES / "smart-mammo.yaml").read_text()))
WORKER = yaml.safe_load((KUBERNETES / "prefect-worker-values.yaml").read_text())
TEXTS = {path.name: path.read_text() for path in FOLDER.rglob("*") if path.is_file()}
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
KUBERNETES_VERSION = "1.33"


def containers() -> list[dict[str, Any]]:
    """Of every deployment, with its pod's security."""
    pods = [one["spec"]["template"]["spec"] for one in MANIFESTS if one["kind"] == "Deployment"]
    return [
        {"pod": pod["securityContext"], **container}
        for pod in pods
        for container in pod["containers"]
    ]


def test_compose_is_what_compose_takes():
    schemas = files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((schemas / "compose-spec.json").read_text())
    jsonschema.validate(COMPOSE, schema)


@pytest.mark.parametrize(
    "manifest", MANIFESTS, ids=lambda one: f"{one['kind']} {one['metadata']['name']}"
)
def test_manifests_are_what_kubernetes_takes(manifest):
    kubernetes_validate.validate(manifest, KUBERNETES_VERSION, strict=True)


def test_the_job_of_a_night_is_what_kubernetes_takes():
    template = json.loads(WORKER["worker"]["config"]["baseJobTemplate"]["configuration"])
    job = template["job_configuration"]["job_manifest"]
    filled = json.dumps(job).replace('"{{ labels }}"', "{}")
    filled = filled.replace('"{{ command }}"', '["x"]').replace('"{{ env }}"', "[]")
    kubernetes_validate.validate(json.loads(filled), KUBERNETES_VERSION, strict=True)
    variables = set(re.findall(r"{{ (\w+) }}", json.dumps(template["job_configuration"])))
    assert variables == set(template["variables"]["properties"])


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_only_settings_that_exist_are_set(name):
    known = {f"SMART_MAMMO_{field.upper()}" for field in Settings.model_fields}
    known |= {"SMART_MAMMO_IMAGE"}  # compose's own
    assert set(re.findall(r"SMART_MAMMO_\w+", TEXTS[name])) <= known


def test_compose_publishes_the_proxy_and_nothing_else():
    services = COMPOSE["services"]
    published = {name for name, one in services.items() if "ports" in one}
    assert published == {"namespace"}
    assert services["namespace"]["ports"] == ["443:443"]
    shared = {name for name, one in services.items() if "network_mode" in one}
    assert shared == set(services) - {"namespace"}
    assert "0.0.0.0" not in TEXTS["compose.yaml"]


def test_every_image_has_a_version():
    images = re.findall(r"image\"?: \"?([\w./:-]+)", "".join(TEXTS.values()))
    assert len(images) >= 8
    assert [one for one in images if not re.search(r":[\w.-]*\d", one)] == []


def test_nothing_runs_as_root_with_capabilities():
    for name, service in COMPOSE["services"].items():
        if name not in ("namespace", "postgres"):
            assert service["cap_drop"] == ["ALL"], name
    for container in containers():
        own = container["securityContext"]
        assert container["pod"]["runAsNonRoot"], container["name"]
        assert own["capabilities"]["drop"] == ["ALL"], container["name"]
        assert not own["allowPrivilegeEscalation"], container["name"]


def test_commands_of_containers_exist():
    known = set(get_group(app).commands)
    lists = [one.get("command", []) for one in COMPOSE["services"].values()]
    lists += [one.get("args", []) for one in containers()]
    called = {words[1] for words in lists if words[:1] == ["mammo"]}
    assert called == {"deploy", "app"}
    assert called <= known


def test_alerts_ask_for_figures_that_nights_leave_and_name_their_entry():
    rules = yaml.safe_load(TEXTS["prometheus-alerts.yaml"])["groups"][0]["rules"]
    left = {
        f"{metrics.PREFIX}_{name}" for name in (*metrics._PLAIN, *metrics._LABELLED, "info")
    }
    for rule in rules:
        assert set(re.findall(r"smart_mammo_\w+", rule["expr"])) <= left, rule["alert"]
        entry = rule["annotations"]["runbook"].split("#")[1].replace("-", "[- ]")
        assert re.search(rf"(?mi)^## {entry}$", RUNBOOK), rule["alert"]


N_PREPARING = 5
"""Calls before policies hold: bucket, object, user, policy, key."""


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """The campaign's bucket, seen by an account that has the policy and no more."""
    monkeypatch.setattr(retries, "FIRST_WAIT_S", 0.001)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "preparing")
    s3, iam = boto3.client("s3", "us-east-1"), boto3.client("iam", "us-east-1")
    s3.create_bucket(Bucket="campaign")
    s3.put_object(Bucket="campaign", Key="exam/1.dcm", Body=b"mammogram")
    iam.create_user(UserName="night")
    iam.put_user_policy(
        UserName="night", PolicyName="night", PolicyDocument=TEXTS["s3-policy.json"]
    )
    key = iam.create_access_key(UserName="night")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    object_store._client.cache_clear()
    return ObjectStore(S3Location("", "us-east-1", "campaign"))


@mock_aws
@set_initial_no_auth_action_count(N_PREPARING)
def test_the_policy_lets_a_night_read_and_nothing_more(request: pytest.FixtureRequest):
    store = request.getfixturevalue("limited")
    [listed] = store.list_objects()
    assert store.read(listed.object_key, listed.etag, 9).data == b"mammogram"
    for forbidden in (
        lambda: store.write("exam/2.dcm", b"planted"),
        lambda: store.delete("exam/1.dcm"),
        store_of("another").ensure_bucket,
    ):
        with pytest.raises(Retryable, match=r"AccessDenied|Forbidden|403"):
            forbidden()
    with pytest.raises(Misconfigured, match="cannot be listed"):
        list(store_of("another").list_objects())
    store.close()


def store_of(bucket: str) -> ObjectStore:
    return ObjectStore(S3Location("", "us-east-1", bucket))


CALLS = {
    "list_objects_v2": "s3:ListBucket",
    "get_object": "s3:GetObject",
    "list_object_versions": "s3:ListBucketVersions",
    "delete_object": "s3:DeleteObject",
}
GENERATING = {"put_object", "head_bucket", "create_bucket"}
"""Of demonstrations and drills, whose bucket is their own."""


def test_the_policies_name_what_the_code_calls():
    source = Path(object_store.__file__).read_text()
    called = set(re.findall(r"_client\.(\w+)\(", source)) - {
        "close",
        "cache_clear",
        "get_paginator",
    }
    called |= set(re.findall(r"get_paginator\(\"(\w+)\"\)", source))
    assert called == set(CALLS) | GENERATING
    documents = [json.loads(TEXTS[f"s3-policy{name}.json"]) for name in ("", "-erasure")]
    named = {
        action for one in documents for row in one["Statement"] for action in row["Action"]
    }
    assert {*CALLS.values(), "s3:DeleteObjectVersion"} <= named
    assert not [action for action in named if "*" in action]
