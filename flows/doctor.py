"""Checks what a night needs, one part after the other, and says what to do about each.

It changes nothing: a check reads, decodes a sample or asks a server.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import httpx

from flows.night import use
from flows.services import (
    build_lake,
    build_services,
    load_settings,
    pinned_model_version,
    prefect_api_url,
)
from flows.stack.stack_registry import running_stack
from flows.upkeep import describe_backup
from tasks.errors import SmartMammoError
from tasks.lake.schemas import TABLES
from tasks.preprocess.codecs import check_codecs
from tasks.redeploy.record import read_record
from tasks.services import Services
from tasks.settings import Settings

MINIMUM_FREE_BYTES = 2 << 30

_REINSTALL = "Install its library again, in the version that constraints.txt names."


@dataclass(frozen=True)
class Check:
    """One part of the system: whether it is well, and what was found or is to be done."""

    name: str
    is_well: bool
    finding: str


def run_checks() -> list[Check]:
    """Check settings, disk, lake, backup, codecs, bucket, Triton, model record and Prefect."""
    if stack := running_stack(load_settings().home):
        use(stack)
    settings = load_settings()
    checks = [
        _check("settings", lambda: _describe(settings)),
        _check("disk", lambda: _free_disk(settings)),
        _check("lake", lambda: _lake(settings)),
        _check("backup", describe_backup),
        *_codecs(),
        _check("model record", lambda: _record(settings)),
        _check("prefect", lambda: _prefect(prefect_api_url())),
    ]
    try:
        services = build_services(settings)
    except SmartMammoError as error:
        return [*checks, Check("services", is_well=False, finding=str(error))]
    return [
        *checks,
        _check("bucket", lambda: _bucket(services)),
        _check("triton", lambda: _triton(services)),
    ]


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, is_well=True, finding=look())
    except (SmartMammoError, OSError) as error:
        return Check(name, is_well=False, finding=str(error))


def _describe(settings: Settings) -> str:
    """Every setting but secrets, which pydantic masks."""
    return ", ".join(
        f"{name}={value}" for name, value in settings.model_dump().items() if value is not None
    )


def _free_disk(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    if free < MINIMUM_FREE_BYTES:
        raise OSError(
            f"{free / 1e9:.1f} GB free at {settings.home}: 2 GB are needed; free some, or move "
            "SMART_MAMMO_HOME."
        )
    return f"{free / 1e9:.0f} GB free"


def _lake(settings: Settings) -> str:
    lake = build_lake(settings)
    versions = {table.name: lake.version(table) for table in TABLES}
    present = [
        f"{name} v{version}" for name, version in versions.items() if version is not None
    ]
    found = ", ".join(present) or "empty; the first night makes the tables"
    return f"{settings.resolved_lake_url}: {found}"


def _codecs() -> list[Check]:
    """One line a transfer syntax: a night sets aside what comes in one that fails."""
    return [
        Check(
            f"codec {name}",
            is_well=problem is None,
            finding=f"{problem} {_REINSTALL}" if problem else "decodes its sample",
        )
        for name, problem in check_codecs().items()
    ]


def _record(settings: Settings) -> str:
    version = pinned_model_version(build_lake(settings))
    record = read_record(settings.model_repository, version)
    return f"version {version}: {record.get('label', 'no label')}"


def _bucket(services: Services) -> str:
    n = sum(1 for _ in islice(services.store.list_objects(), 1000))
    return f"{services.store.location.bucket}: {'at least 1000' if n == 1000 else n} objects"


def _triton(services: Services) -> str:
    services.model.check_contract()
    return f"model version {services.model.version} agrees with the contract"


def _prefect(api_url: str | None) -> str:
    if not api_url:
        return "no PREFECT_API_URL: a temporary server is started for each run"
    try:
        httpx.get(f"{api_url}/health", timeout=5).raise_for_status()
    except httpx.HTTPError as error:
        raise OSError(
            f"{api_url} does not answer: {error}. Start it with `mammo up`."
        ) from error
    return api_url
