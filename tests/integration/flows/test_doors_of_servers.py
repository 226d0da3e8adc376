"""Every route of Prefect's server and every call of Triton's, without and with a wrong secret.

The lists are taken from the servers themselves, so that a new route is asked as well.
"""

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path

import grpc
import httpx
import pytest
from fastapi import FastAPI
from prefect.server.api.server import create_app
from prefect.settings import PREFECT_SERVER_API_AUTH_STRING, temporary_settings
from tritonclient.grpc import service_pb2

from flows.stack.triton_server import EmbeddedTriton
from tests.support.servers import ANY_PORT, MODEL_REPOSITORY, TRITON_ENVIRONMENT

pytestmark = pytest.mark.integration

SECRET = "operator:a-long-random-word"
WRONG = [
    {},
    {"Authorization": "Basic " + base64.b64encode(b"operator:guessed").decode()},
    {"Authorization": "Bearer " + SECRET},
    {"Authorization": "Basic"},
]
OPEN = {"/health", "/ready"}
"""What a load balancer asks; neither tells anything."""


@pytest.fixture(scope="module")
def prefect_api() -> FastAPI:
    with temporary_settings({PREFECT_SERVER_API_AUTH_STRING: SECRET}):
        return create_app(ephemeral=True, ignore_cache=True)


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route below the API, but those that are open."""
    [api] = [route.app for route in app.routes if getattr(route, "path", "") == "/api"]
    return sorted(
        (method.upper(), f"/api{path}")
        for path, methods in api.openapi()["paths"].items()
        if path.removeprefix("/api") not in OPEN
        for method in methods
    )


def answers(
    app: FastAPI, asked: list[tuple[str, str]], headers: dict[str, str]
) -> dict[tuple[str, str], int]:
    """The status of each answer."""

    async def ask() -> dict[tuple[str, str], int]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://prefect") as client:
            return {
                (method, path): (
                    await client.request(method, path, headers=headers)
                ).status_code
                for method, path in asked
            }

    return asyncio.run(ask())


@pytest.mark.parametrize("headers", WRONG, ids=["none", "wrong", "other scheme", "broken"])
def test_prefect_answers_nobody_without_its_secret(prefect_api: FastAPI, headers):
    asked = routes(prefect_api)
    assert len(asked) > 150
    found = answers(prefect_api, asked, headers)
    assert {route: code for route, code in found.items() if code not in (401, 403)} == {}


def test_prefect_answers_who_has_the_secret(prefect_api: FastAPI):
    right = {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}
    route = ("GET", "/api/admin/version")
    assert answers(prefect_api, [route], right) == {route: 200}


class RestrictedTriton(EmbeddedTriton):
    """As docs/serving.md starts a host's."""

    def _prepare(self) -> list[str]:
        restricted = "model-repository,shared-memory,trace,logging:admin-key=the-secret"
        return [*super()._prepare(), f"--grpc-restricted-protocol={restricted}"]


CONTROL = ("Repository", "SharedMemory", "TraceSetting", "LogSettings")


@pytest.mark.parametrize("key", [None, "guessed"])
def test_triton_is_controlled_by_nobody_without_the_key(key, restricted):
    service = service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"]
    controls = [method for method in service.methods if any(w in method.name for w in CONTROL)]
    assert len(controls) >= 11
    metadata = [("triton-grpc-protocol-admin-key", key)] if key else []
    refusals = {
        method.name: refusal_of(restricted, method.name, metadata) for method in controls
    }
    assert {name: said for name, said in refusals.items() if "restricted" not in said} == {}


def refusal_of(url: str, method: str, metadata) -> str:
    with grpc.insecure_channel(url) as channel:
        call = channel.unary_unary(f"/inference.GRPCInferenceService/{method}")
        try:
            call(b"", metadata=metadata, timeout=10)
        except grpc.RpcError as error:
            return error.details()
        return "answered"


@pytest.fixture(scope="module")
def restricted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("restricted")
    with RestrictedTriton(home, TRITON_ENVIRONMENT, MODEL_REPOSITORY, ANY_PORT) as triton:
        yield triton.url


def test_triton_scores_and_answers_the_key(restricted: str):
    assert refusal_of(restricted, "ServerReady", []) == "answered"
    key = [("triton-grpc-protocol-admin-key", "the-secret")]
    assert refusal_of(restricted, "RepositoryIndex", key) == "answered"
