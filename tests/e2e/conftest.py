"""A campaign of the test's own on the suite's real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.night import Campaign, new_campaign


@pytest.fixture
def campaign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, servers: dict[str, str]
) -> Iterator[Campaign]:
    with new_campaign(tmp_path, monkeypatch, servers) as made:
        yield made
