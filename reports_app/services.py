"""What the app needs beside the lake; where a part is None, a page says so in a sentence."""

from dataclasses import dataclass

from reports_app.originals import Originals


@dataclass(frozen=True)
class AppServices:
    """Adapters that the composition root hands in.

    Args:
        originals: The bucket's images; None where the app has no bucket.
    """

    originals: Originals | None = None


NO_SERVICES = AppServices()
