"""Addresses in settings: what the system never connects to, and what it never repeats."""

import pytest

from flows.services import load_settings
from tasks.errors import Misconfigured

SERVICES = ("S3_ENDPOINT", "OTLP_ENDPOINT", "OIDC_ISSUER", "ALARM_URL")
METADATA = [
    "http://169.254.169.254/latest/meta-data",
    "http://169.254.170.2",
    "http://[fe80::1]",
    "http://[::ffff:169.254.169.254]",
    "http://[fd00:ec2::254]",
    "http://2852039166",
    "http://0xa9fea9fe",
    "http://0251.0376.0251.0376",
    "http://169.254.43518",
    "http://metadata.google.internal",
    "http://METADATA.google.internal.",
    "http://100.100.100.200",
    "http://0.0.0.0:9000",
    "http://224.0.0.1",
]


def load(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(f"SMART_MAMMO_{name}", value)
    return load_settings()


@pytest.mark.parametrize("url", METADATA)
@pytest.mark.parametrize("name", SERVICES)
def test_a_machines_metadata_is_no_service(name, url, monkeypatch):
    with pytest.raises(Misconfigured, match=f"SMART_MAMMO_{name}: .* metadata"):
        load(monkeypatch, name, url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://host", "ftp://host", "host"])
@pytest.mark.parametrize("name", SERVICES)
def test_only_http_is_spoken(name, url, monkeypatch):
    with pytest.raises(Misconfigured, match="not http or https"):
        load(monkeypatch, name, url)


@pytest.mark.parametrize("name", [*SERVICES, "LAKE_URL"])
def test_credentials_in_an_address_are_refused_and_not_repeated(name, monkeypatch):
    scheme = "s3" if name == "LAKE_URL" else "https"
    with pytest.raises(Misconfigured, match="credentials") as caught:
        load(monkeypatch, name, f"{scheme}://me:my-password@host/lake")
    assert "my-password" not in str(caught.value)


@pytest.mark.parametrize("target", ["unix:/run/triton", "http://host:8001", "host", "a:1/b"])
def test_triton_is_at_a_host_and_a_port(target, monkeypatch):
    with pytest.raises(Misconfigured, match="host:port"):
        load(monkeypatch, "TRITON_URL", target)


def test_triton_is_not_where_metadata_is(monkeypatch):
    with pytest.raises(Misconfigured, match="metadata"):
        load(monkeypatch, "TRITON_URL", "169.254.169.254:80")


@pytest.mark.parametrize("url", ["http://host/lake", "file:///etc", "gs://bucket", "s3://"])
def test_a_lake_is_a_folder_or_in_s3(url, monkeypatch):
    with pytest.raises(Misconfigured, match="a folder or s3://"):
        load(monkeypatch, "LAKE_URL", url)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("S3_ENDPOINT", "http://127.0.0.1:9000"),
        ("S3_ENDPOINT", "https://store.inner:9000"),
        ("OIDC_ISSUER", "https://login.example.cl/realms/programme"),
        ("ALARM_URL", "https://chat.example.cl/hook?token=abc"),
        ("LAKE_URL", "s3://bucket/lake"),
        ("LAKE_URL", "/srv/lake"),
        ("TRITON_URL", "[::1]:8001"),
        ("TRITON_URL", "triton:8001"),
    ],
)
def test_what_a_programme_uses_passes(name, value, monkeypatch):
    settings = load(monkeypatch, name, value)
    found = getattr(settings, name.lower())
    assert getattr(found, "get_secret_value", lambda: found)() == value
