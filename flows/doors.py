"""How people get into this machine's app: composed from settings and the home's secrets."""

from urllib.parse import urlsplit

from flows.services import home_secret
from reports_app.access.accounts import Accounts
from reports_app.access.oidc import Directory
from reports_app.access.sign_in import SignIn
from reports_app.app import LOOPBACK_NAMES
from tasks.errors import Misconfigured
from tasks.settings import Settings


def build_accounts(settings: Settings) -> Accounts:
    """The accounts of this home."""
    return Accounts(settings.home / "secrets" / "accounts.json")


def build_sign_in(settings: Settings, one_time_token: str | None = None) -> SignIn:
    """Accounts, session key and, where settings name one, the foundation's directory."""
    return SignIn(
        build_accounts(settings),
        home_secret(settings, "session_key"),
        one_time_token,
        _directory(settings),
        is_secure=(settings.app_url or "").startswith("https://"),
    )


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Names under which the app answers: this machine's, and that of its proxy."""
    own = urlsplit(settings.app_url or "").hostname
    return LOOPBACK_NAMES | ({own} if own else frozenset())


def _directory(settings: Settings) -> Directory | None:
    if settings.oidc_issuer is None:
        return None
    if settings.oidc_client_id is None or settings.oidc_client_secret is None:
        raise Misconfigured(
            "SMART_MAMMO_OIDC_ISSUER needs SMART_MAMMO_OIDC_CLIENT_ID and "
            "SMART_MAMMO_OIDC_CLIENT_SECRET: take them from where the app was registered."
        )
    return Directory(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_role_claim,
    )
