"""Settings of every service, from `SMART_MAMMO_*`.

Only `flows/services.py` builds one from the environment; everything else is handed values.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tasks.addresses import GrpcTarget, LakeUrl, ServiceUrl, check_service_url
from tasks.lake.retention import RETENTION_DAYS
from tasks.logs import LogFormat


class Settings(BaseSettings):
    """What a night needs to know; each field is the variable SMART_MAMMO_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="SMART_MAMMO_", extra="forbid", frozen=True)

    home: Path = Field(
        Path(".smart-mammo"),
        description="Folder of one machine's state: bucket, lake, secrets, logs.",
    )

    s3_endpoint: ServiceUrl | None = Field(
        None, description="URL of the S3-compatible store; unset: the embedded server."
    )
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    s3_bucket: str = Field("campaign", description="Bucket of the campaign's DICOM objects.")
    s3_prefix: str = Field("", description="Only keys below this prefix are read.")

    lake_url: LakeUrl | None = Field(
        None, description="Folder or s3:// URL of the lake; unset: HOME/lake."
    )
    backup_url: LakeUrl | None = Field(
        None, description="Folder or s3:// URL that each week's upkeep copies the lake to."
    )
    lake_retention_days: int = Field(
        RETENTION_DAYS,
        ge=7,
        description="Former versions of the lake's tables stay readable so long.",
    )

    triton_url: GrpcTarget | None = Field(
        None, description="host:port of Triton's gRPC; unset: the embedded server."
    )
    triton_environment: Path = Field(
        Path(".venv-triton"), description="Python environment that carries Triton."
    )
    model_repository: Path = Field(
        Path("triton_repo"), description="Triton's model repository."
    )

    pseudonym_key: SecretStr | None = Field(
        None, description="Secret of the pseudonyms; unset: HOME/secrets."
    )
    role: str | None = Field(
        None, description="Who asks: radiologist or custodian may re-identify an exam."
    )

    app_port: int = Field(8050, description="Port of the Dash app, on 127.0.0.1.")
    app_url: ServiceUrl | None = Field(
        None, description="Address of the app behind a TLS proxy on its own machine."
    )
    prefect_port: int = Field(4200, description="Preferred port of the local Prefect server.")

    log_format: LogFormat = Field(
        "text", description="How a night's log is written: lines to read, or of JSON."
    )
    otlp_endpoint: ServiceUrl | None = Field(
        None, description="URL of an OpenTelemetry collector (OTLP over HTTP); unset: no trace."
    )
    metrics_file: Path | None = Field(
        None, description="Where a night leaves its figures for Prometheus; ends in .prom."
    )
    alarm_url: SecretStr | None = Field(
        None, description="URL that alarms are posted to; it may carry a token."
    )

    oidc_issuer: ServiceUrl | None = Field(
        None, description="URL of the directory where people sign in; unset: local accounts."
    )
    oidc_client_id: str | None = Field(None, description="This app's name at that directory.")
    oidc_client_secret: SecretStr | None = Field(None, description="Its secret there.")
    oidc_role_claim: str = Field(
        "roles", description="Claim with manager, radiologist or engineer."
    )

    n_workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="Decoding processes."
    )
    task_runner: Literal["threads", "processes", "dask", "ray"] = Field(
        "threads", description="Where shards run; dask and ray are extras."
    )
    n_shards_in_flight: int = Field(
        2, ge=1, description="Shards under way at once: one is decoded while another is scored."
    )
    cluster_address: str | None = Field(
        None,
        description="Scheduler of Dask or head of Ray; unset: a cluster of this machine.",
    )
    exams_per_shard: int = Field(32, ge=1, le=64, description="Exams in one Prefect task.")
    quiet_minutes: float = Field(
        10.0,
        ge=0,
        description="An exam that lacks views waits so long after its newest object; 0: never.",
    )
    decode_timeout_s: float = Field(
        20.0, gt=0, description="A worker that takes longer over one image is killed."
    )
    worker_memory_limit_bytes: int = Field(
        3 << 30, description="Address space a worker may take over its start."
    )
    max_object_bytes: int = Field(512 << 20, description="Larger objects are rejected unread.")
    max_frame_pixels: int = Field(
        64_000_000, description="Images that claim more pixels are not decoded."
    )
    max_header_bytes: int = Field(
        4 << 20, description="Longer headers are rejected; overlays and pixels do not count."
    )
    max_header_elements: int = Field(
        20_000, description="Headers of more elements, nested ones too, are rejected."
    )
    max_container_members: int = Field(
        10_000, description="ZIP files and CSV tables that hold more are rejected unopened."
    )
    max_container_inflated_bytes: int = Field(
        64 << 30, description="ZIP objects that claim to hold more are rejected unopened."
    )

    @field_validator("alarm_url")
    @classmethod
    def _check_alarm_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url:
            check_service_url(url.get_secret_value().partition("?")[0])
        return url

    @property
    def resolved_lake_url(self) -> str:
        """The lake's URL, with the default below `home`."""
        return self.lake_url or str(self.home.resolve() / "lake")

    @property
    def app_address(self) -> str:
        """Where people find the app, without a path."""
        return (self.app_url or f"http://127.0.0.1:{self.app_port}").rstrip("/")
