"""What follows from settings."""

import pytest

from tasks.settings import Settings


@pytest.mark.parametrize(
    ("app_url", "address"),
    [
        (None, "http://127.0.0.1:8123"),
        ("https://mamografias.example.cl/", "https://mamografias.example.cl"),
    ],
)
def test_the_morning_report_links_to_where_people_find_the_app(app_url, address):
    settings = Settings(app_port=8123, app_url=app_url)  # pyright: ignore[reportCallIssue]
    assert settings.app_address == address
