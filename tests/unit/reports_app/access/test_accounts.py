import json
import stat

import pytest

from reports_app.access.accounts import Account, Accounts
from reports_app.access.roles import Role
from tasks.errors import Misconfigured

PASSWORD = "a long enough one"
READER = frozenset({Role.RADIOLOGIST})


@pytest.fixture
def accounts(tmp_path):
    return Accounts(tmp_path / "secrets" / "accounts.json")


def test_who_was_added_is_known_by_the_password_alone(accounts):
    accounts.add("ana", READER, PASSWORD)
    assert accounts.verify("ana", PASSWORD) == Account("ana", READER)
    assert accounts.verify("ana", PASSWORD + "x") is None
    assert accounts.verify("eva", PASSWORD) is None


def test_no_password_lies_in_the_file_and_only_we_read_it(accounts, tmp_path):
    accounts.add("ana", READER, PASSWORD)
    file = tmp_path / "secrets" / "accounts.json"
    assert PASSWORD not in file.read_text()
    assert json.loads(file.read_text())["ana"]["password"].startswith("$argon2id$")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_adding_again_changes_password_and_roles(accounts):
    accounts.add("ana", READER, PASSWORD)
    accounts.add("ana", frozenset({Role.ENGINEER}), PASSWORD * 2)
    assert accounts.verify("ana", PASSWORD) is None
    assert accounts.all() == [Account("ana", frozenset({Role.ENGINEER}))]


def test_who_was_removed_is_unknown(accounts):
    accounts.add("ana", READER, PASSWORD)
    accounts.remove("ana")
    assert accounts.find("ana") is None
    with pytest.raises(Misconfigured, match="no account 'ana'"):
        accounts.remove("ana")


@pytest.mark.parametrize(
    ("name", "password"), [("a b", PASSWORD), ("", PASSWORD), ("ana", "x")]
)
def test_what_cannot_be_taken_is_said(accounts, name, password):
    with pytest.raises(Misconfigured):
        accounts.add(name, READER, password)
