"""What every answer carries and which requests are answered at all, whoever asks.

The app answers only under its own names: a page on the web that points its name here (DNS
rebinding) gets a refusal, and so does a form or script of another page. Who may see what is
`reports_app.access`'s work.
"""

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

MAX_REQUEST_BYTES = 1 << 20
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def protect(
    server: Flask, allowed_hosts: Collection[str], script_hashes: Sequence[str]
) -> None:
    """Refuse foreign hosts and large bodies, and add the security headers to every answer.

    Args:
        server: The Flask server of the app.
        allowed_hosts: Names in the Host header that are answered, without port.
        script_hashes: Hashes of the page's inline scripts, quoted as in the header.
    """
    server.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    headers = _headers(script_hashes)

    @server.before_request
    def check_host() -> None:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        if urlsplit(f"//{request.host}").hostname not in allowed_hosts:
            abort(421, "This app answers only under the names of its own machine.")

    @server.before_request
    def check_origin() -> None:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        if request.method not in _SAFE_METHODS and not _is_own_page():
            abort(403, "This request came from another site's page.")

    @server.after_request
    def add_headers(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if not _is_asset(request.path):
            response.headers["Cache-Control"] = "no-store"
        return response


def _is_own_page() -> bool:
    """Whether a request was made by this app's page or by no page at all.

    References:
        W3C, Fetch Metadata Request Headers, 2.4 (Sec-Fetch-Site); RFC 6454, 7 (Origin).
    """
    origin = request.headers.get("Origin")
    is_same = origin is None or urlsplit(origin).netloc == request.host
    return is_same and request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}


def _is_asset(path: str) -> bool:
    return path.startswith(("/assets/", "/_dash-component-suites/"))


def _headers(script_hashes: Sequence[str]) -> dict[str, str]:
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", *script_hashes)),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(
            f"{name} {value}" for name, value in policy.items()
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Not no-referrer: with it, browsers hide the origin of the app's own forms as well.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
