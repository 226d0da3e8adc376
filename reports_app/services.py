"""What the app needs beside the lake; where a part is None, a page says so in a sentence."""

from dataclasses import dataclass

from reports_app.kept_reports import KeptReports
from reports_app.originals import Originals
from tasks.uploads.classification import Classifier


@dataclass(frozen=True)
class AppServices:
    """Adapters that the composition root hands in.

    Args:
        originals: The bucket's images; None where the app has no bucket.
        classifier: Batches of handed-in files; None where the app has no Triton.
        prefect_url: Of Prefect's pages; None where the app knows none.
        reports: What was explored and evaluated; None where the app has no home.
    """

    originals: Originals | None = None
    classifier: Classifier | None = None
    reports: KeptReports | None = None
    prefect_url: str | None = None


NO_SERVICES = AppServices()
