"""The app's names and cookies, from the address that people use."""

import pytest

from flows.doors import allowed_hosts, build_sign_in
from tasks.settings import Settings


@pytest.mark.parametrize(
    ("address", "hosts", "is_secure"),
    [
        (None, {"127.0.0.1", "localhost"}, False),
        ("https://mamo.example.cl", {"127.0.0.1", "localhost", "mamo.example.cl"}, True),
        ("http://mamo.example.cl:8443", {"127.0.0.1", "localhost", "mamo.example.cl"}, False),
    ],
)
def test_the_proxys_name_is_answered_and_tls_makes_cookies_secure(
    address, hosts, is_secure, tmp_path
):
    settings = Settings(home=tmp_path, app_url=address)
    assert allowed_hosts(settings) == hosts
    assert build_sign_in(settings).is_secure is is_secure
