"""The nights page: every run with its counts, timings and failures.

It shows counts alone: no exam and no object has a name here.
"""

from typing import Any
from uuid import UUID

import polars as pl
from dash import html

from reports_app import night_figures
from reports_app.components import card, graph, message, table
from reports_app.data import Reports
from reports_app.exam import Row
from reports_app.links import Address
from reports_app.texts import Texts

RETRY_VERSION = 5
N_DRAWN = 30
"""Nights in the figures, the latest ones."""

_COUNTS = (
    "n_new_objects", "n_images_scored", "n_unscorable", "n_rejected", "n_pending",
    "n_exams_listed", "peak_memory_mb",
)  # fmt: skip


def content(address: Address, reports: Reports, prefect_url: str | None = None) -> list[Any]:
    """The page, in the address's language.

    Args:
        address: Names the language.
        reports: The runs.
        prefect_url: Of Prefect's pages; None where the app knows none, or they are not the
            asker's.
    """
    t, runs = address.texts, reports.runs()
    if runs.is_empty():
        return [message(t("nights.title"), t("nights.empty"))]
    drawn = runs.head(N_DRAWN).sort("started_at")
    return [
        html.Div([html.H1(t("nights.title")), _summary(t, runs)], className="page-head"),
        html.P([t("nights.lead"), *_prefect(t, prefect_url)], className="muted small"),
        html.Div(
            [
                card(t("nights.stages"), [_stages(t, drawn)]),
                card(t("nights.objects"), [_objects(t, drawn)]),
                card(t("nights.failures"), _failures(t, runs), 12),
                card(t("nights.table"), [_table(t, runs, prefect_url)], 12),
            ],
            className="cards",
        ),
    ]


def _prefect(t: Texts, url: str | None) -> list[Any]:
    """The way to the runs' logs and schedules, in a window of its own."""
    if url is None:
        return []
    link = html.A(t("nights.prefect"), href=f"{url}/runs", target="_blank", rel="noreferrer")
    return [" ", link]


def n_retried(runs: pl.DataFrame) -> int:
    """Lists that more than one run worked for, the first of which failed."""
    by_list = runs.sort("started_at").group_by("list_date").agg("outcome")
    outcomes = [row for (row,) in by_list.select("outcome").iter_rows()]
    return sum(len(row) > 1 and "failed" in row[:-1] for row in outcomes)


def _summary(t: Texts, runs: pl.DataFrame) -> html.Div:
    words = t(
        "nights.summary",
        n=t.number(runs.height),
        n_failed=t.number(runs.filter(outcome="failed").height),
        n_retried=t.number(n_retried(runs)),
    )
    return html.Div(words, className="freshness")


def _stages(t: Texts, runs: pl.DataFrame) -> html.Figure:
    words = t("alt.stages", n=t.number(runs.height))
    return graph("stages", night_figures.stage_bars(runs, t), words)


def _objects(t: Texts, runs: pl.DataFrame) -> html.Figure:
    words = t("alt.night_objects", n=t.number(runs.height))
    return graph("night-objects", night_figures.object_bars(runs, t), words)


def _failures(t: Texts, runs: pl.DataFrame) -> list[Any]:
    told = [
        html.Li([html.Strong(t.date(run["list_date"])), " ", sentence])
        for run in runs.iter_rows(named=True)
        for sentence in (run["failure"], run["drift"])
        if sentence
    ]
    return [html.Ul(told)] if told else [html.P(t("nights.no_failures"), className="muted")]


def flow_run_href(prefect_url: str, run_id: str) -> str | None:
    """Prefect's page of a run; None of a retry, whose number is made of the first try's."""
    try:
        named = UUID(run_id)
    except ValueError:  # an import's row
        return None
    return f"{prefect_url}/runs/flow-run/{named}" if named.version != RETRY_VERSION else None


def _table(t: Texts, runs: pl.DataFrame, prefect_url: str | None) -> html.Table:
    names = ("list_date", "started", "outcome", "minutes", *_COUNTS, "model_version")
    rows = [_row(t, run, prefect_url) for run in runs.iter_rows(named=True)]
    return table([t(f"nights.{name}") for name in names], rows, t("nights.table"))


def _start(t: Texts, run: Row, prefect_url: str | None) -> Any:
    started = t.moment(run["started_at"])
    href = flow_run_href(prefect_url, run["run_id"]) if prefect_url else None
    if href is None:
        return started
    return html.A(
        started, href=href, target="_blank", rel="noreferrer", title=t("nights.prefect_run")
    )


def _row(t: Texts, run: Row, prefect_url: str | None) -> html.Tr:
    minutes = (run["finished_at"] - run["started_at"]).total_seconds() / 60
    cells = [
        _start(t, run, prefect_url),
        t.code("outcome", run["outcome"]),
        t.number(minutes, 1),
        *(t.number(run[name]) for name in _COUNTS),
        run["model_version"],
    ]
    head = html.Th(t.date(run["list_date"]), scope="row")
    is_failed = run["outcome"] != "completed"
    return html.Tr([head, *map(html.Td, cells)], className="stale" if is_failed else "")
