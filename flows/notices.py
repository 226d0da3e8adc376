"""What a night tells those who watch it, at its end: figures, and an event where scores moved.

That it failed or never came, its state in Prefect tells; who is called is `flows.alarms`' work.
"""

import logging

from prefect.events import emit_event

from flows.metrics import write_metrics
from tasks.publish.morning import NightReport
from tasks.settings import Settings

DRIFT_EVENT = "smart-mammo.drift"
LOG = logging.getLogger("smart_mammo.night")


def tell_watchers(settings: Settings, report: NightReport) -> None:
    """Leave the figures and tell of drift; a list that is published is not undone by either."""
    if settings.metrics_file:
        try:
            write_metrics(report, settings.metrics_file)
        except OSError as error:
            # The sentence says all; a traceback would only be noise.
            LOG.error("SMART_MAMMO_METRICS_FILE cannot be written: %s.", error)  # noqa: TRY400
    if report.drifts:
        list_date = report.run.list_date.isoformat()
        emit_event(
            DRIFT_EVENT,
            resource={
                "prefect.resource.id": f"smart-mammo.night.{report.run.run_id}",
                "prefect.resource.name": f"night of {list_date}",
            },
            payload={"list_date": list_date, "drifts": list(report.drifts)},
        )
