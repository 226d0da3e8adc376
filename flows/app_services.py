"""What the app needs beside the lake, composed from settings: originals and handed-in files.

Both work in worker processes of the app's own; neither connects before it is used.
"""

import polars as pl

from flows.services import (
    bucket_location,
    build_lake,
    pinned_model_version,
    prefect_api_url,
    pseudonym_key,
    today,
)
from reports_app.kept_reports import KeptReports
from reports_app.originals import Originals
from reports_app.services import AppServices
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.schemas import CALIBRATIONS
from tasks.preprocess.workers import WorkerPool, start_fork_server
from tasks.run import Run
from tasks.score.triton import TritonModel
from tasks.services import header_limits, read_limits
from tasks.settings import Settings
from tasks.uploads.classification import Classifier


def build_app_services(settings: Settings) -> AppServices:
    """Make what settings have addresses for."""
    start_fork_server()
    pool = WorkerPool(
        settings.n_workers, settings.decode_timeout_s, settings.worker_memory_limit_bytes
    )
    reports = KeptReports.below(settings.home)
    api = prefect_api_url()
    return AppServices(
        _originals(settings, pool),
        _classifier(settings, pool),
        reports,
        prefect_url=api.removesuffix("/").removesuffix("/api") if api else None,
    )


def _originals(settings: Settings, pool: WorkerPool) -> Originals | None:
    if not settings.s3_endpoint:
        return None
    return Originals(bucket_location(settings), pool, read_limits(settings))


def _classifier(settings: Settings, pool: WorkerPool) -> Classifier | None:
    url, lake = settings.triton_url, build_lake(settings)
    if not url:
        return None

    def calibrations_of(version: str) -> pl.DataFrame:
        return lake.read(CALIBRATIONS, where=pl.col("model_version") == version)

    return Classifier(
        folder=settings.home / "uploads",
        pool=pool,
        model_of=lambda: TritonModel(url, pinned_model_version(lake)),
        calibrations_of=calibrations_of,
        pseudonymiser=Pseudonymiser(pseudonym_key(settings)),
        header_limits=header_limits(settings),
        read_limits=read_limits(settings),
        run=Run.begin(today()),
    )
