"""Sign-in at a directory: a real provider over HTTP on loopback, a real token, real keys."""

import time
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from reports_app.access.accounts import Accounts
from reports_app.access.oidc import Directory, account_of
from reports_app.access.roles import Role
from reports_app.access.sign_in import SignIn
from reports_app.app import create_app

KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})


def provider(roles, nonces):
    """A directory in which one person has already signed in."""
    server = Flask("directory")

    @server.get("/.well-known/openid-configuration")
    def discover():
        root = request.host_url.rstrip("/")
        names = ("authorize", "token", "jwks")
        keys = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        found = {key: f"{root}/{name}" for key, name in zip(keys, names, strict=True)}
        return {"issuer": root, "id_token_signing_alg_values_supported": ["RS256"]} | found

    @server.get("/authorize")
    def authorize():
        nonces.append(request.args["nonce"])
        return redirect(f"{request.args['redirect_uri']}?code=1&state={request.args['state']}")

    @server.post("/token")
    def token():
        now = int(time.time())
        claims = {
            "iss": request.host_url.rstrip("/"),
            "sub": "7",
            "preferred_username": "ana",
            "aud": "smart-mammo",
            "iat": now,
            "exp": now + 60,
            "nonce": nonces[-1],
            "roles": roles,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, KEY)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}

    @server.get("/jwks")
    def jwks():
        return {"keys": [KEY.as_dict(private=False)]}

    return server


@pytest.fixture
def client_of(filled_lake, tmp_path):
    """A browser on an app whose directory gives a person these roles."""
    running = []

    def make(roles):
        directory = make_server("127.0.0.1", 0, provider(roles, []))
        Thread(target=directory.serve_forever, daemon=True).start()
        running.append(directory)
        issuer = f"http://127.0.0.1:{directory.server_port}"
        door = SignIn(
            Accounts(tmp_path / "accounts.json"),
            "session key",
            directory=Directory(issuer, "smart-mammo", "secret"),
        )
        return create_app(filled_lake, door).server.test_client()

    yield make
    for directory in running:
        directory.shutdown()
        directory.server_close()


def go_there_and_back(client):
    there = client.get("/sign-in/directory").location
    back = urlsplit(httpx.get(there).headers["location"])
    assert parse_qs(back.query)["state"]
    return client.get(f"{back.path}?{back.query}")


def test_who_the_directory_knows_gets_in_with_its_roles(client_of):
    client = client_of(["manager", "gardener"])
    assert go_there_and_back(client).status_code == 303
    assert client.get("/").status_code == 200
    assert client.get("/list").status_code == 403


def test_who_has_no_role_of_ours_stays_outside(client_of):
    answer = go_there_and_back(client_of(["gardener"]))
    assert answer.status_code == 401
    assert "no le asigna ningún rol" in answer.text


def test_an_answer_that_nobody_asked_for_is_refused(client_of):
    client = client_of(["manager"])
    assert client.get("/sign-in/directory/answer?code=1&state=forged").status_code == 401
    assert client.get("/").status_code == 401


def test_the_form_shows_the_way_to_the_directory(client_of):
    assert "/sign-in/directory" in client_of([]).get("/sign-in").text


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"sub": "7", "roles": "engineer"}, {Role.ENGINEER}),
        ({"sub": "7", "roles": ["engineer", "manager"]}, {Role.ENGINEER, Role.MANAGER}),
        ({"sub": "7"}, None),
        ({"roles": ["engineer"]}, None),
    ],
)
def test_claims_become_an_account(claims, roles):
    account = account_of(claims, "roles")
    assert (account.roles if account else None) == roles
