"""Composition root: settings in, adapters out. The only reader of the environment.

Nothing is read at import, and nothing connects before it is used.
"""

import os
import secrets
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from tasks.errors import Misconfigured
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.s3 import s3_storage_options
from tasks.lake.schemas import DEPLOYMENTS, OBJECTS
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool
from tasks.score.triton import TritonModel
from tasks.services import Services
from tasks.settings import Settings
from tasks.telemetry import Telemetry

TIMEZONE = ZoneInfo("America/Santiago")

FIRST_MODEL_VERSION = "1"
"""Served until the first promotion is recorded in `deployments`."""

SECRET_BYTES = 32


def load_settings() -> Settings:
    """Read SMART_MAMMO_* from the environment.

    Raises:
        Misconfigured: If a value is not usable; the message names the variable.
    """
    try:
        return Settings()  # pyright: ignore[reportCallIssue]  # every field has a default
    except ValidationError as error:
        first = error.errors()[0]
        name = "SMART_MAMMO_" + "_".join(str(part) for part in first["loc"]).upper()
        if own := first.get("ctx", {}).get("error"):  # the value may hold a password
            raise Misconfigured(f"{name}: {own}.") from None
        raise Misconfigured(f"{name}: {first['msg']} (got {first['input']!r}).") from error


def build_services(settings: Settings) -> Services:
    """Make the adapters of a night.

    Raises:
        Misconfigured: If an address that a night needs is missing.
    """
    lake = build_lake(settings)
    if not settings.s3_endpoint or not settings.triton_url:
        raise Misconfigured(
            "No bucket or no Triton: set SMART_MAMMO_S3_ENDPOINT and SMART_MAMMO_TRITON_URL, "
            "or run `mammo up` in another shell."
        )
    return Services(
        settings=settings,
        store=ObjectStore(bucket_location(settings)),
        lake=lake,
        model=TritonModel(settings.triton_url, pinned_model_version(lake)),
        pool=WorkerPool(
            settings.n_workers, settings.decode_timeout_s, settings.worker_memory_limit_bytes
        ),
        pseudonymiser=Pseudonymiser(pseudonym_key(settings)),
        telemetry=Telemetry(settings.otlp_endpoint, settings.log_format),
    )


def build_lake(settings: Settings) -> Lake:
    """Open the lake on its folder or in S3."""
    url = settings.resolved_lake_url
    if not url.startswith("s3://"):
        return Lake(url)
    return Lake(url, s3_storage_options(settings.s3_endpoint, settings.s3_region))


def existing_lake(settings: Settings) -> Lake:
    """Open the lake that nights have written: nothing can be told of one that is not there.

    Raises:
        Misconfigured: If there is none.
    """
    lake = build_lake(settings)
    if lake.version(OBJECTS) is None:
        raise no_lake(lake)
    return lake


def no_lake(lake: Lake) -> Misconfigured:
    """What is said where there is no lake: where it was looked for, and what to do."""
    return Misconfigured(
        f"There is no lake at {lake.url}: set SMART_MAMMO_LAKE_URL to the programme's, or "
        "SMART_MAMMO_HOME to the folder where its nights run."
    )


def bucket_location(settings: Settings) -> S3Location:
    """Where the campaign's objects are."""
    return S3Location(
        settings.s3_endpoint or "", settings.s3_region, settings.s3_bucket, settings.s3_prefix
    )


def pinned_model_version(lake: Lake) -> str:
    """The version that the newest row of `deployments` names, else the first."""
    deployments = lake.read(DEPLOYMENTS, columns=["deployed_at", "model_version"])
    if deployments.is_empty():
        return FIRST_MODEL_VERSION
    return str(deployments.sort("deployed_at").get_column("model_version")[-1])


def pseudonym_key(settings: Settings) -> bytes:
    """The secret of the pseudonyms: from the setting, else from a file made on first use."""
    if settings.pseudonym_key:
        return settings.pseudonym_key.get_secret_value().encode()
    return home_secret(settings, "pseudonym_key").encode()


def home_secret(settings: Settings, name: str) -> str:
    """A secret of this home, made on first use."""
    path = settings.home / "secrets" / name
    if not path.exists():
        _write_secret(path, secrets.token_hex(SECRET_BYTES))
    return path.read_text().strip()


def _write_secret(path: Path, value: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(value)


def prefect_api_url() -> str | None:
    """Prefect's API, where the environment names one."""
    return os.environ.get("PREFECT_API_URL")


def alarm_url(settings: Settings) -> str | None:
    """Where alarms are posted to."""
    return settings.alarm_url.get_secret_value() if settings.alarm_url else None


def today() -> date:
    """The programme's date now."""
    return datetime.now(TIMEZONE).date()
