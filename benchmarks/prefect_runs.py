"""How long the newest flow run spent on nothing but orchestration, asked of Prefect's API."""

from datetime import datetime
from typing import Any

import httpx


def orchestration_seconds(api_url: str) -> float:
    """Seconds of the newest flow run's time in which none of its steps ran."""
    flow_run = _newest(api_url)
    steps = _ask(api_url, "task_runs", {"flow_runs": {"id": {"any_": [flow_run["id"]]}}})
    start, end = _span(flow_run)
    idle = 0.0
    for step_start, step_end in sorted(_span(step) for step in steps if step["start_time"]):
        idle += max(0.0, (step_start - start).total_seconds())
        start = max(start, step_end)
    return idle + max(0.0, (end - start).total_seconds())


def _newest(api_url: str) -> dict[str, Any]:
    return _ask(api_url, "flow_runs", {"sort": "START_TIME_DESC", "limit": 1})[0]


def _ask(api_url: str, what: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    answer = httpx.post(f"{api_url}/{what}/filter", json=query, timeout=30)
    answer.raise_for_status()
    return answer.json()


def _span(run: dict[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(run["start_time"]), datetime.fromisoformat(run["end_time"])
