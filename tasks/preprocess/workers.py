"""Worker processes for work that may segfault, hang or eat memory, and the verdicts on it.

It knows nothing of images. A worker's death is its item's, never its neighbours'; no worker
outlives the process that made it, however that one ends.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.util import Finalize
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from tasks.errors import Rejected, RejectionReason, Retryable
from tasks.preprocess.worker_process import Panic, prepare_worker, run_item

Item = TypeVar("Item")
Result = TypeVar("Result")

N_TRIES = 2
"""A worker's death may be its own fault once; twice, it is the item's."""

PRELOADED = ("tasks.preprocess.warm_up",)
"""Imported once, in the server that workers are forked from: a new one costs milliseconds."""


def start_fork_server() -> None:
    """Have the server that workers are forked from import what they need; do not wait for it.

    Called early, it hides seconds behind what else a night begins with; called again, nothing.
    """
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(PRELOADED))
    forkserver.ensure_running()


class WorkerPool:
    """Processes that run a function on many items; usable from several threads at once.

    Args:
        n_workers: Processes.
        timeout_s: Wall time for one item, without what it spends `off_the_clock`.
        memory_limit_bytes: Address space that a worker may take over its start.
        off_the_clock_limit_s: Wall time for one item altogether, over `timeout_s`.
    """

    def __init__(
        self,
        n_workers: int,
        timeout_s: float,
        memory_limit_bytes: int,
        off_the_clock_limit_s: float = 600.0,
    ) -> None:
        self.n_workers = n_workers
        self.timeout_s = timeout_s
        self.memory_limit_bytes = memory_limit_bytes
        self.off_the_clock_limit_s = off_the_clock_limit_s
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._lifeline: Connection | None = None

    def map_unordered(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Generator[tuple[Item, Result | Rejected | Retryable]]:
        """Run a function on every item; results come as they are ready.

        At most two items a worker are under way, so `items` may be endless.

        Args:
            function: Of a module's top level; what it returns must be picklable.
            items: Picklable.

        Yields:
            The item with its result, or with the `Rejected` or `Retryable` that it raised or
            that its worker's end amounts to.

        Raises:
            SmartMammoError: If the function raised one that is neither.
            RuntimeError: If it raised anything else: that is a flaw of ours, not the item's.
        """
        waiting = (_Try(function, item) for item in items)
        running: dict[Future[Any], _Try[Item, Result]] = {}
        try:
            while True:
                for one in islice(waiting, 2 * self.n_workers - len(running)):
                    running[self._start(one)] = one
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    one = running.pop(future)
                    verdict = self._judge(one, future)
                    if isinstance(verdict, _Again):
                        running[self._start(one)] = one
                    else:
                        yield one.item, verdict
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """End every worker; a later `map_unordered` starts new ones."""
        with self._lock:
            if self._pool and self._lifeline:
                self._pool.stop()
                self._pool.join()
                self._lifeline.close()
            self._pool = self._lifeline = None

    def __reduce__(self) -> tuple[Callable[..., "WorkerPool"], tuple[float, ...]]:
        """In another process it is the one pool of that process with such limits."""
        limits = (self.n_workers, self.timeout_s, self.memory_limit_bytes)
        return _pool_of_this_process, (*limits, self.off_the_clock_limit_s)

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, one: "_Try[Item, Result]") -> Future[Any]:
        one.n_tries += 1
        with self._lock:
            if self._pool is None or not self._pool.active:
                self._pool = self._new_pool()
            return self._pool.schedule(
                run_item,
                args=(one.function, one.item),
                timeout=self.timeout_s + self.off_the_clock_limit_s,
            )

    def _new_pool(self) -> ProcessPool:
        start_fork_server()
        context = multiprocessing.get_context("forkserver")
        if self._lifeline:
            self._lifeline.close()
        reader, self._lifeline = context.Pipe(duplex=False)
        return ProcessPool(
            self.n_workers,
            initializer=prepare_worker,
            initargs=(reader, dict(os.environ), self.timeout_s, self.memory_limit_bytes),
            context=context,
        )

    def _judge(
        self, one: "_Try[Item, Result]", future: Future[Any]
    ) -> "Result | Rejected | Retryable | _Again":
        try:
            return future.result()
        except (Rejected, Retryable) as error:
            return error
        except TimeoutError:
            return Retryable(
                f"An item was off the clock for more than {self.off_the_clock_limit_s:.0f} s."
            )
        except BrokenExecutor:
            # An idle worker was killed from outside: nobody's fault here.
            broken = Retryable("The worker processes ended while they were idle.")
            return _Again() if one.n_tries < N_TRIES else broken
        except (ProcessExpired, MemoryError, Panic) as error:
            return _Again() if one.n_tries < N_TRIES else self._verdict(error)

    def _verdict(self, error: Exception) -> Rejected:
        if isinstance(error, MemoryError):
            how = f"needed more than {self.memory_limit_bytes >> 20} MiB"
            return Rejected(RejectionReason.DECODER_CRASHED, f"The decoder {how}, twice.")
        code = error.exitcode if isinstance(error, ProcessExpired) else None
        if code == -signal.SIGALRM:
            return Rejected(
                RejectionReason.DECODER_TIMEOUT,
                f"The decoder took more than {self.timeout_s:g} s, twice.",
            )
        how = f"ended with code {code}" if code is not None else "panicked"
        return Rejected(RejectionReason.DECODER_CRASHED, f"The decoder {how}, twice.")


@cache
def _pool_of_this_process(
    n_workers: int, timeout_s: float, memory_limit_bytes: int, off_the_clock_limit_s: float
) -> WorkerPool:
    """Every shard that comes brings a pool: they are one, or their workers would add up."""
    pool = WorkerPool(n_workers, timeout_s, memory_limit_bytes, off_the_clock_limit_s)
    # A process of multiprocessing waits at its end for children and threads: for ever.
    Finalize(None, pool.close, exitpriority=100)
    return pool


@dataclass
class _Try(Generic[Item, Result]):
    function: Callable[[Item], Result]
    item: Item
    n_tries: int = 0


class _Again:
    """The item deserves another try."""
