"""Runs one night from a terminal: servers found or started, progress shown, report printed.

The night itself is `flows.campaign`; the scheduler starts that one directly.
"""

import json
import os
import tempfile
from datetime import date
from pathlib import Path

import typer

from flows.local_stack import Addresses, environment_of, local_services
from flows.progress import progress_bars
from flows.services import load_settings, prefect_api_url
from tasks.errors import Retryable
from tasks.preprocess.workers import start_fork_server
from tasks.publish.morning import json_as_text

QUIET_PREFECT = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
"""The terminal shows our own progress; Prefect's log stays in its server."""


def run_night(list_date: date | None, json_path: Path | None) -> bool:
    """Run a night with the servers that settings name; what is missing runs here meanwhile.

    Returns:
        Whether nothing is left for the next run.
    """
    with local_services(
        load_settings(), prefect_api_url=prefect_api_url(), say=typer.echo
    ) as addresses:
        use(addresses)
        return run_flow(list_date, json_path)


def use(addresses: Addresses) -> None:
    """Let this process and its children find the servers."""
    os.environ.update(environment_of(addresses))
    os.environ.update(QUIET_PREFECT)


def run_flow(list_date: date | None, json_path: Path | None) -> bool:
    """Run the flow in this process and print its report.

    Returns:
        Whether the flow ended as Completed.

    Raises:
        Retryable: If the flow ended before it could report.
    """
    start_fork_server()  # while Prefect is imported
    from prefect.logging.handlers import APILogHandler  # Prefect reads settings at import

    from flows.campaign import campaign

    with tempfile.TemporaryDirectory() as folder:
        report_path = Path(folder) / "report.json"
        with progress_bars():
            state = campaign(list_date, report_path, return_state=True)
        APILogHandler().flush()  # before the server is gone
        if not report_path.exists():
            raise Retryable(f"The night ended without a report: {state.message}")
        report = json.loads(report_path.read_text())
    typer.echo(json_as_text(report))
    if json_path:
        json_path.write_text(json.dumps(report, indent=2) + "\n")
    return state.is_completed()
