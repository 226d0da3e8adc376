"""TLS with an authority of one's own: who knows it gets in, who does not is told."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from waitress.server import create_server

from flows.stack.servers import EmbeddedS3
from reports_app.access.accounts import Accounts
from reports_app.access.roles import Role
from reports_app.access.sign_in import SignIn
from reports_app.app import create_app
from tasks.errors import Retryable
from tasks.ingest import retries
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.lake.store import Lake
from tests.support.moto_server import CREDENTIALS, create_bucket, moto_server
from tests.support.servers import ROOT
from tests.support.tls import LocalAuthority

pytestmark = pytest.mark.integration

COMMIT = """
import sys
from tasks.lake.s3 import s3_storage_options
from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import object_rows
lake = Lake("s3://lake/tls", s3_storage_options(sys.argv[1], "us-east-1"))
lake.upsert(OBJECTS, object_rows(range(3)))
print(lake.read(OBJECTS).height)
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def store_url(
    s3_server: EmbeddedS3, authority: LocalAuthority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.keys.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.keys.secret_key)
    with authority.before(s3_server.endpoint) as url:
        yield url


def test_objects_are_read_by_tls(store_url, authority, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.ca_file))
    store = ObjectStore(S3Location(store_url, "us-east-1", "by-tls"))
    store.ensure_bucket()
    etag = store.write("exam/1.dcm", b"mammogram")
    assert store.read("exam/1.dcm", etag, 9).data == b"mammogram"
    store.close()


def test_a_store_whose_authority_is_unknown_is_not_spoken_to(store_url, monkeypatch):
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.setattr(retries, "FIRST_WAIT_S", 0.001)
    store = ObjectStore(S3Location(store_url, "us-east-1", "by-tls"))
    with pytest.raises(Retryable, match="certificate verify failed"):
        list(store.list_objects())
    store.close()


@pytest.mark.parametrize("is_known", [True, False])
def test_the_lake_lies_in_s3_by_tls(is_known, authority, tmp_path):
    with moto_server() as plain, authority.before(plain) as url:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in CREDENTIALS.items():
                environment.setenv(name, value)
            create_bucket(plain, "lake")
        known = {"SSL_CERT_FILE": str(authority.ca_file)} if is_known else {}
        done = commit_by(url, known)
    assert done.stdout == ("3\n" if is_known else "")
    assert is_known or "The storage of" in done.stderr


def commit_by(url: str, known: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **CREDENTIALS, "PYTHONPATH": str(ROOT), **known}
    command = [sys.executable, "-c", COMMIT, url]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=200
    )


@pytest.fixture
def app_url(authority: LocalAuthority, tmp_path: Path) -> Iterator[str]:
    """The app behind TLS, with an account."""
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add("ana", frozenset({Role.MANAGER}), "a long enough one")
    door = SignIn(accounts, "session key", is_secure=True)
    app = create_app(Lake(str(tmp_path / "lake")), door, {"localhost"})
    server = create_server(app.server, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with authority.before(f"http://127.0.0.1:{server.effective_port}") as url:
        yield url
    server.close()
    thread.join()


def test_people_sign_in_by_tls_and_the_cookie_goes_no_other_way(app_url, authority):
    with httpx.Client(base_url=app_url, verify=authority.trusting()) as client:
        form = client.get("/sign-in").text
        token = form.split('name="token" value="')[1].split('"')[0]
        data = {"name": "ana", "password": "a long enough one", "token": token}
        answer = client.post("/sign-in", data=data, headers={"Origin": app_url})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert [
            word for word in ("Secure", "HttpOnly", "SameSite=Lax") if word not in cookie
        ] == []
        assert client.get("/").status_code == 200


def test_a_browser_that_does_not_know_the_authority_is_warned(app_url):
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        httpx.get(app_url)
