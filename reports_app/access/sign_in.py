"""Sign-in, sign-out and the guard before every request.

Sessions are Flask-Login's, in a signed cookie; accounts and roles are declared elsewhere. What
needs no sign-in is listed here: the form itself, and files that hold no data.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from reports_app.access.accounts import Account, Accounts
from reports_app.access.form import closed_page, sign_in_page
from reports_app.access.oidc import Directory, register_directory
from reports_app.access.roles import EVERYBODY, Role, is_room, may_call, may_enter
from reports_app.links import CAMPAIGN_PATH
from reports_app.texts import language_of

SIGN_IN_PATH = "/sign-in"
SIGN_OUT_PATH = "/sign-out"
CALLBACK_PATH = "/_dash-update-component"
ONE_TIME_NAME = "local"
SESSION_HOURS = 12
_OPEN = ("/assets/", "/_dash-component-suites/", "/_favicon.ico", f"{SIGN_IN_PATH}")
_TRIES = RateLimitItemPerMinute(10)


@dataclass(frozen=True)
class SignIn:
    """How people get in.

    Args:
        accounts: Those with a password.
        session_key: Signs the session cookies; a new one ends every session.
        one_time_token: Opens the app once, with every role: for the person at this machine.
        directory: Where else people are known.
        is_secure: Whether the app is reached by TLS alone: cookies go no other way.
    """

    accounts: Accounts
    session_key: str
    one_time_token: str | None = None
    directory: Directory | None = None
    is_secure: bool = False
    _used: list[str] = field(default_factory=list[str])

    def names_of(self, role: Role) -> list[str]:
        """The accounts of a role, by name."""
        return [one.name for one in self.accounts.all() if role in one.roles]

    def use_token(self, token: str) -> Account | None:
        """The person at this machine, the first time; None ever after."""
        expected = self.one_time_token
        if expected is None or self._used or not hmac.compare_digest(token, expected):
            return None
        self._used.append(token)
        return Account(ONE_TIME_NAME, EVERYBODY)


class User(UserMixin):
    """Somebody signed in."""

    def __init__(self, account: Account) -> None:
        self.id = account.name
        self.roles = account.roles


def current_roles() -> frozenset[Role]:
    """The roles of whoever asks; all of them in an app without sign-in."""
    return getattr(current_user, "roles", frozenset()) if _has_sign_in() else EVERYBODY


def is_signed_in() -> bool:
    """Whether whoever asks came in by sign-in."""
    return _has_sign_in() and current_user.is_authenticated


def current_name() -> str:
    """The account of whoever asks; the person at this machine in an app without sign-in."""
    return str(current_user.id) if is_signed_in() else ONE_TIME_NAME


def _has_sign_in() -> bool:
    return hasattr(current_app, "login_manager")


def require_sign_in(server: Flask, door: SignIn) -> None:
    """Let nobody past the form without an account, nor past their roles.

    Args:
        server: The Flask server of the app.
        door: How people get in.
    """
    server.secret_key = door.session_key
    server.config.update(
        SESSION_COOKIE_NAME="smart_mammo",
        SESSION_COOKIE_HTTPONLY=True,
        # Not Strict: the way back from a directory is a navigation from elsewhere. Forged posts
        # are refused by their origin (reports_app.security).
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=door.is_secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
    )
    manager = LoginManager(server)
    manager.session_protection = "strong"
    manager.user_loader(partial(_load, door))
    server.before_request(_check)
    _register_form(server, door)
    if door.directory is not None:
        register_directory(server, door.directory, _enter_from_directory, _refuse)


def _load(door: SignIn, name: str) -> User | None:
    if name == ONE_TIME_NAME:
        return User(Account(name, EVERYBODY)) if session.get("is_local") else None
    if name.startswith("directory:"):
        return User(Account(name, frozenset(Role(role) for role in session["roles"])))
    account = door.accounts.find(name)
    return None if account is None else User(account)


def _check() -> Response | None:
    path = request.path
    if path.startswith(_OPEN):
        return None
    if not current_user.is_authenticated:
        return _unauthenticated()
    if path == CALLBACK_PATH and request.method == "POST":
        _check_callback()
    if is_room(path) and not may_enter(current_roles(), path):
        return _closed()
    return None


def _check_callback() -> None:
    called = request.get_json(silent=True)
    output = called.get("output") if isinstance(called, dict) else None
    if not isinstance(output, str) or not may_call(current_roles(), output):
        abort(403, "Your role may not ask for this.")


def _closed() -> Response:
    """A page where a person looks at one; a sentence where a program asks."""
    if not request.accept_mimetypes.accept_html:
        return Response("Your role does not open this.", 403, mimetype="text/plain")
    return Response(closed_page(language_of(request.values.get("lang"))), 403)


def _unauthenticated() -> Response:
    """The form where a person looks at a page; a sentence where a program asks."""
    if request.method == "GET" and request.accept_mimetypes.accept_html:
        return _form(status=401)
    return Response("Sign in first.", 401, mimetype="text/plain")


def _form(status: int, complaint: str | None = None) -> Response:
    session.setdefault("form_token", secrets.token_urlsafe(24))
    page = sign_in_page(
        language_of(request.values.get("lang")),
        token=session["form_token"],
        wanted=_wanted(),
        complaint=complaint,
        has_directory="from_directory" in current_app.view_functions,
    )
    return Response(page, status, mimetype="text/html")


def _wanted() -> str:
    """Where the person wanted to go: an address of this app and no other."""
    given = request.values.get("next")
    if given is None:
        given = request.full_path.rstrip("?") if request.path != SIGN_IN_PATH else CAMPAIGN_PATH
    parts = urlsplit(given)
    is_ours = not parts.scheme and not parts.netloc and given.startswith("/")
    return given if is_ours and "\\" not in given and is_room(parts.path) else CAMPAIGN_PATH


def _register_form(server: Flask, door: SignIn) -> None:
    limiter = MovingWindowRateLimiter(MemoryStorage())

    @server.get(SIGN_IN_PATH)
    def show_form() -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        return _form(status=200)

    @server.post(SIGN_IN_PATH)
    def sign_in() -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        form = request.form
        name = form.get("name", "")
        if not all(limiter.hit(_TRIES, who) for who in _who(name)):
            return _form(429, "sign_in.too_many")
        token = session.get("form_token", "")
        if not token or not hmac.compare_digest(token, form.get("token", "")):
            return _form(400, "sign_in.expired")
        account = door.accounts.verify(name, form.get("password", ""))
        if account is None:
            return _form(401, "sign_in.refused")
        return _enter(account)

    @server.get(f"{SIGN_IN_PATH}/<token>")
    def use_link(token: str) -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        account = door.use_token(token)
        return _form(401, "sign_in.used") if account is None else _enter(account, is_local=True)

    @server.post(SIGN_OUT_PATH)
    def sign_out() -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        logout_user()
        session.clear()
        return _see(SIGN_IN_PATH)


def _who(name: str) -> Iterable[str]:
    """Tries are counted by name and by address: guessing one name, or many from one place."""
    return (f"name {name}", f"address {request.remote_addr}")


def _enter(account: Account, *, is_local: bool = False) -> Response:
    wanted = _wanted()
    session.clear()  # nothing that was in the cookie before survives: no session is fixed
    session.permanent = True
    if is_local:
        session["is_local"] = True
    login_user(User(account))
    return _see(wanted if may_enter(account.roles, urlsplit(wanted).path) else CAMPAIGN_PATH)


def _enter_from_directory(account: Account) -> Response:
    answer = _enter(account)
    session["roles"] = sorted(account.roles)  # the directory is not asked again in this session
    return answer


def _refuse(complaint: str) -> Response:
    return _form(401, complaint)


def _see(path: str) -> Any:
    return redirect(path, 303)
