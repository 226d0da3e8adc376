"""An app with a sign-in, and somebody of each role."""

import pytest

from reports_app.access.accounts import Accounts
from reports_app.access.roles import Role
from reports_app.access.sign_in import SignIn
from reports_app.app import create_app

PASSWORD = "a long enough one"
TOKEN = "only-once"


@pytest.fixture
def accounts(tmp_path):
    accounts = Accounts(tmp_path / "accounts.json")
    for role in Role:
        accounts.add(role.value, frozenset({role}), PASSWORD)
    return accounts


@pytest.fixture
def guarded(filled_lake, accounts):
    return create_app(filled_lake, SignIn(accounts, "session key", TOKEN))


@pytest.fixture
def browse(guarded):
    """A browser in which somebody of a role is signed in; nobody for None."""

    def enter(role):
        client = guarded.server.test_client()
        if role is not None:
            assert sign_in(client, role.value).status_code == 303
        return client

    return enter


def sign_in(client, name, password=PASSWORD, **more):
    form = client.get("/sign-in").text
    token = form.split('name="token" value="')[1].split('"')[0]
    return client.post(
        "/sign-in", data={"name": name, "password": password, "token": token} | more
    )
