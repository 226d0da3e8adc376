"""The real servers of the suite: started once, on first use, in a home of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.local_stack import Addresses, environment_of
from flows.stack.prefect_server import EmbeddedPrefect
from flows.stack.servers import EmbeddedS3
from flows.stack.triton_server import EmbeddedTriton

ANY_PORT = 0
ROOT = Path(__file__).parents[2]
TRITON_ENVIRONMENT = ROOT / ".venv-triton"
MODEL_REPOSITORY = ROOT / "triton_repo"


@pytest.fixture(scope="session")
def servers_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def s3_server(servers_home: Path) -> Iterator[EmbeddedS3]:
    with EmbeddedS3(servers_home, ANY_PORT) as server:
        yield server


@pytest.fixture(scope="session")
def triton_server(servers_home: Path) -> Iterator[EmbeddedTriton]:
    with EmbeddedTriton(servers_home, TRITON_ENVIRONMENT, MODEL_REPOSITORY, ANY_PORT) as server:
        yield server


@pytest.fixture(scope="session")
def prefect_server(servers_home: Path) -> Iterator[EmbeddedPrefect]:
    with EmbeddedPrefect(servers_home, ANY_PORT) as server:
        yield server


@pytest.fixture(scope="session")
def servers(
    s3_server: EmbeddedS3, triton_server: EmbeddedTriton, prefect_server: EmbeddedPrefect
) -> dict[str, str]:
    """The variables by which a night finds all three."""
    addresses = Addresses(
        s3_server.endpoint,
        triton_server.url,
        prefect_server.api_url,
        s3_server.keys.access_key,
        s3_server.keys.secret_key,
    )
    return {**environment_of(addresses), "SMART_MAMMO_QUIET_MINUTES": "0"}
