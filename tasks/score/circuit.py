"""Counts failures in a row, so that a server that is down is not asked for ever.

It does not wait and does not retry; whoever asks does.
"""

from dataclasses import dataclass, field
from threading import Lock
from time import monotonic


@dataclass
class Circuit:
    """Opens after `limit` failures in a row; a success closes it.

    Requests that were under way together and failed together count as one failure: several in
    flight would else open it at the first hiccup.
    """

    limit: int
    _n_failures: int = field(default=0, init=False)
    _last_failed_at_s: float = field(default=float("-inf"), init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def record_success(self) -> None:
        """Forget the failures so far."""
        with self._lock:
            self._n_failures = 0

    def record_failure(self, begun_at_s: float) -> int:
        """Count the failure of a request that began at this time of the monotonic clock.

        Returns:
            How many failures in a row there are now.
        """
        with self._lock:
            if begun_at_s >= self._last_failed_at_s:
                self._n_failures += 1
                self._last_failed_at_s = monotonic()
            return self._n_failures

    @property
    def is_open(self) -> bool:
        """Whether asking again makes no sense now."""
        return self._n_failures >= self.limit
