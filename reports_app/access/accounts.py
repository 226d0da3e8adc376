"""The accounts of one machine: names, roles and password hashes in a file that only we read.

It knows no session. Where a foundation has a directory, people sign in there instead.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from reports_app.access.roles import Role
from tasks.errors import Misconfigured

MIN_PASSWORD = 12
"""Characters: length makes a password, no rule on its characters does (NIST SP 800-63B)."""

_NAME = re.compile(r"[\w.@-]{1,64}")
_HASHER = PasswordHasher()
# Verified where the name is unknown, so that the answer takes as long as for a known one.
_NOBODY = _HASHER.hash("nobody signs in with this")


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in, and as what."""

    name: str
    roles: frozenset[Role]


class Accounts:
    """The accounts in a file, read again at each use: a removed one is out at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, name: str, roles: frozenset[Role], password: str) -> Account:
        """Add somebody, or give them other roles and another password.

        Raises:
            Misconfigured: If the name or the password cannot be taken.
        """
        if not _NAME.fullmatch(name):
            raise Misconfigured(
                f"{name!r} cannot be a name: take up to 64 letters, digits, dots, @ or dashes."
            )
        if len(password) < MIN_PASSWORD:
            raise Misconfigured(f"The password is too short: take {MIN_PASSWORD} characters.")
        stored = {"roles": sorted(roles), "password": _HASHER.hash(password)}
        self._write(self._read() | {name: stored})
        return Account(name, roles)

    def remove(self, name: str) -> None:
        """Remove somebody; open sessions end with their next request.

        Raises:
            Misconfigured: If there is no such account.
        """
        entries = self._read()
        if name not in entries:
            raise Misconfigured(f"There is no account {name!r}: `mammo user list` shows them.")
        self._write({other: entry for other, entry in entries.items() if other != name})

    def all(self) -> list[Account]:
        """Everybody, by name."""
        return [_account(name, entry) for name, entry in sorted(self._read().items())]

    def find(self, name: str) -> Account | None:
        """Somebody by name."""
        entry = self._read().get(name)
        return None if entry is None else _account(name, entry)

    def verify(self, name: str, password: str) -> Account | None:
        """Somebody by name and password; None where one of them is wrong."""
        entry = self._read().get(name)
        try:
            _HASHER.verify(entry["password"] if entry else _NOBODY, password)
        except VerificationError:
            return None
        return None if entry is None else _account(name, entry)

    def _read(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        return json.loads(self._path.read_text(encoding="utf-8"))

    def _write(self, entries: dict[str, Any]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(entries, file, indent=2)
        draft.replace(self._path)


def _account(name: str, entry: dict[str, Any]) -> Account:
    return Account(name, frozenset(Role(role) for role in entry["roles"]))
