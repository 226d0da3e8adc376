"""Runs one night from a terminal: servers found or started, progress shown, report printed.

The night itself is `flows.campaign`; the scheduler starts that one directly.
"""

import json
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import typer

from flows.local_stack import environment_of, local_services
from flows.progress import progress_bars
from flows.services import load_settings


def run_night(list_date: date | None, json_path: Path | None) -> bool:
    """Run a night with the services that settings name; what is missing runs here meanwhile.

    Returns:
        Whether nothing is left for the next run.
    """
    with ExitStack() as stack:
        stack.enter_context(local_services(load_settings(), say=typer.echo))
        return run_flow(list_date, json_path)


def run_flow(list_date: date | None, json_path: Path | None) -> bool:
    """Run the flow in this process; Prefect is imported here, when its settings stand."""
    from flows.campaign import campaign
    from tasks.publish.morning import markdown_of

    with progress_bars():
        state = campaign(list_date, return_state=True)
    report = state.data
