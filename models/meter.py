"""How far an epoch is, and what it gave.

It logs and adds up; it decides nothing.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

_LOG = logging.getLogger(__name__)
_PROGRESS_S = 20.0


@dataclass(frozen=True)
class Epoch:
    """What one epoch gave: its number from 1, mean losses and duration."""

    number: int
    losses: dict[str, float]
    seconds: float


class Meter:
    """Sums an epoch's losses and says now and then how far it is.

    Args:
        number: Of the epoch, from 1.
        expected_images: Of the whole epoch.
    """

    def __init__(self, number: int, expected_images: int) -> None:
        self._number, self._expected = number, max(1, expected_images)
        self._images, self._sums = 0, dict[str, float]()
        self._start = self._said = time.monotonic()

    @property
    def share(self) -> float:
        """Share of the epoch that is done, 0-1."""
        return min(1.0, self._images / self._expected)

    def add(self, parts: Mapping[str, float], n_images: int) -> None:
        """Add a step: its mean losses, and of how many images."""
        self._images += n_images
        for name, value in parts.items():
            self._sums[name] = self._sums.get(name, 0.0) + value * n_images
        now = time.monotonic()
        if now - self._said > _PROGRESS_S:
            self._said = now
            rate = self._images / (now - self._start)
            left_s = (self._expected - self._images) / rate
            line = "epoch %d: %3.0f %%, loss %.3f, %.1f images/s, %.0f s left"
            loss = self._sums["total"] / self._images
            _LOG.info(line, self._number, 100 * self.share, loss, rate, max(0.0, left_s))

    def epoch(self) -> Epoch:
        """The epoch's means.

        Raises:
            ValueError: If there was no step.
        """
        if not self._images:
            raise ValueError("The stream holds fewer images than one batch: add data.")
        means = {name: value / self._images for name, value in self._sums.items()}
        return Epoch(self._number, means, time.monotonic() - self._start)
