"""Sign-in at a foundation's own directory, by OpenID Connect.

Authlib speaks the protocol; here is what a directory's answer makes of somebody. Whom it gives
none of our roles stays outside.

References:
    OpenID Connect Core 1.0, section 3.1 (authorization code flow).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, url_for

from reports_app.access.accounts import Account
from reports_app.access.roles import Role

OIDC_PATH = "/sign-in/directory"
ANSWER_PATH = "/sign-in/directory/answer"


@dataclass(frozen=True)
class Directory:
    """A foundation's directory.

    Args:
        issuer: Its URL; discovery is at /.well-known/openid-configuration below.
        client_id: Ours there.
        client_secret: Ours there.
        role_claim: The claim that holds our roles' names.
    """

    issuer: str
    client_id: str
    client_secret: str
    role_claim: str = "roles"


def account_of(claims: Mapping[str, Any], role_claim: str) -> Account | None:
    """Who the directory says it is; None where it gives no role of ours."""
    given = claims.get(role_claim) or ()
    names = {given} if isinstance(given, str) else set(given)
    roles = frozenset(role for role in Role if role.value in names)
    name = claims.get("preferred_username") or claims.get("sub")
    return Account(f"directory:{name}", roles) if name and roles else None


def register_directory(
    server: Flask,
    directory: Directory,
    enter: Callable[[Account], Response],
    refuse: Callable[[str], Response],
) -> None:
    """Add the way to the directory and back.

    Args:
        server: The Flask server of the app.
        directory: Where people are known.
        enter: Signs somebody in.
        refuse: Shows the form with a sentence, by its key.
    """
    client: Any = OAuth(server).register(
        "directory",
        server_metadata_url=f"{directory.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=directory.client_id,
        client_secret=directory.client_secret,
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )

    @server.get(OIDC_PATH)
    def to_directory() -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        return client.authorize_redirect(url_for("from_directory", _external=True))

    @server.get(ANSWER_PATH)
    def from_directory() -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        try:
            claims = client.authorize_access_token()["userinfo"]
        except OAuthError:
            return refuse("sign_in.directory_refused")
        account = account_of(claims, directory.role_claim)
        return refuse("sign_in.no_role") if account is None else enter(account)
