"""What the campaign and an exam are taken away as: written for commands, served by the app.

Who may have which is `reports_app.access`'s business: the campaign's files name nobody's exam.
"""

from dataclasses import asdict

import numpy as np
from flask import Flask, Response, abort, request
from numpy.typing import NDArray

from reports_app.campaign import AGE_BANDS, CampaignFilter
from reports_app.campaign_report import CampaignFacts, campaign_pdf
from reports_app.data import Reports
from reports_app.exam_report import exam_pdf
from reports_app.links import CAMPAIGN_FILES, EXAM_PATH, Address
from reports_app.programme import targets_under
from reports_app.statistics import grouped_statistics, programme_statistics
from reports_app.statistics_files import statistics_csv, statistics_json, statistics_xlsx
from reports_app.table_files import csv_bytes
from reports_app.texts import Texts
from tasks.lake.store import Lake
from tasks.publish.canscreen5 import Filtered, canscreen5
from tasks.publish.fhir.export import exam_bundle
from tasks.publish.result import (
    ExamResult,
    UnknownExamError,
    current_model_version,
    read_result,
)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CAMPAIGN_KINDS = {
    "pdf": ("pdf", "application/pdf"),
    "csv": ("csv", "text/csv"),
    "xlsx": ("xlsx", _XLSX),
    "json": ("json", "application/json"),
    "canscreen5": ("csv", "text/csv"),
}
"""Each kind's file ending and media type."""

EXAM_KINDS = {"pdf": ("pdf", "application/pdf"), "fhir": ("json", "application/fhir+json")}


def campaign_file(
    reports: Reports, chosen: CampaignFilter, kind: str, by: str | None, t: Texts
) -> bytes:
    """The campaign's figures as a file.

    Args:
        reports: With the tables.
        chosen: The part that counts.
        kind: Of `CAMPAIGN_KINDS`.
        by: Also every indicator by this column, such as site; csv, xlsx and json.
        t: Of the reader's language.
    """
    whole = reports.programme()
    part = whole.filter(chosen.condition())
    run, targets = reports.last_run(), reports.targets()
    if kind == "pdf":
        campaign = reports.campaign().filtered(chosen)
        return campaign_pdf(t, CampaignFacts(campaign, whole, part, targets, chosen, run))
    if kind == "canscreen5":
        filtered = None if chosen.is_everything else Filtered(whole, chosen.age_bands)
        women = targets_under(targets, chosen)
        return csv_bytes(Texts("en"), canscreen5(part, women, AGE_BANDS, filtered))
    rows = programme_statistics(whole, part, targets, chosen)
    rows += grouped_statistics(whole, by, chosen) if by else []
    if kind == "csv":
        return statistics_csv(t, rows)
    if kind == "xlsx":
        return statistics_xlsx(t, rows)
    about = {"filter": asdict(chosen), "by": by, "as_of": run["finished_at"] if run else None}
    return statistics_json(t, rows, about)


def exam_file(reports: Reports, result: ExamResult, kind: str, t: Texts) -> bytes:
    """An exam's result as a file of `EXAM_KINDS`."""
    if kind == "fhir":
        return exam_bundle(result, t.language)
    return exam_pdf(t, result, exam_pixels(reports, result))


def exam_pixels(reports: Reports, result: ExamResult) -> dict[str, NDArray[np.uint8]]:
    """The stored network inputs of an exam's images, by sop_instance_key."""
    keys = [item.image.sop_instance_key or "" for item in result.images]
    views = {key: reports.view(result.exam_key, key) for key in keys}
    return {key: view.pixels for key, view in views.items() if view}


def register_report_files(server: Flask, reports: Reports, lake: Lake) -> None:
    """Answer `CAMPAIGN_FILES`kind with the page's filters, and an exam's report.kind."""

    @server.get(f"{CAMPAIGN_FILES}<kind>")
    def campaign_figures(kind: str) -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        if kind not in CAMPAIGN_KINDS or reports.campaign().objects.is_empty():
            abort(404)
        address = _address()
        data = campaign_file(reports, address.campaign_filter, kind, None, address.texts)
        return _attached(data, f"smart-mammo-{kind}", *CAMPAIGN_KINDS[kind])

    @server.get(f"{EXAM_PATH}<exam_key>/report.<kind>")
    def exam_report(exam_key: str, kind: str) -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        if kind not in EXAM_KINDS:
            abort(404)
        try:
            result = read_result(lake, exam_key, current_model_version(lake))
        except UnknownExamError:
            abort(404)
        data = exam_file(reports, result, kind, _address().texts)
        return _attached(data, f"smart-mammo-{result.exam_key[:8]}", *EXAM_KINDS[kind])


def _address() -> Address:
    return Address.parse(request.path, request.query_string.decode("ascii", "replace"))


def _attached(data: bytes, name: str, ending: str, mimetype: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(data, mimetype=mimetype, headers=disposition)
