"""What a night tells while it runs: a trace (OpenTelemetry) and a line of log for each step.

The trace's number is the run's: `run_id`, which every row of the lake carries, leads from an
object, an instance or an exam to the trace of the night that made it, and back. So no image
needs a span of its own, which would cost more than it says; of one exam in fifty, the same
ones every night, each image is told as an event of the spans that it passes.
"""

import logging
import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from zlib import crc32

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags

from tasks.errors import SmartMammoError
from tasks.logs import LogFormat, ensure_logs
from tasks.run import Run

LOG = logging.getLogger("smart_mammo.night")

FOLLOWED_ONE_IN = 50
"""Exams: of these each image is told as an event."""

EXPORT_TIMEOUT_S = 5
"""A collector that is away costs a night no more than this at its end."""

_STARTING: ContextVar[Run | None] = ContextVar("starting", default=None)

Facts = dict[str, int | float | str]


@dataclass(frozen=True)
class Telemetry:
    """Tells of a night's steps; connects when first used, so it can be sent to other processes.

    Args:
        endpoint: URL of a collector that speaks OTLP over HTTP; None traces nothing.
        log_format: Of the log of a process that works for the night's; None leaves it alone.
    """

    endpoint: str | None = None
    log_format: LogFormat | None = None

    @contextmanager
    def night(self, run: Run) -> Generator[Facts]:
        """Span the night; what is put into the yielded mapping becomes its attributes."""
        facts: Facts = {"list_date": run.list_date.isoformat()}
        if not self.endpoint:
            yield facts
            return
        provider = _provider(self.endpoint, os.getpid())
        token = _STARTING.set(run)
        span = provider.get_tracer("smart_mammo").start_span("night", context=Context())
        _STARTING.reset(token)
        try:
            yield facts
        finally:
            span.set_attributes(_named(facts))
            span.end()
            provider.force_flush(EXPORT_TIMEOUT_S * 1000)

    @contextmanager
    def step(self, name: str, run: Run, **facts: int) -> Generator[Facts]:
        """Span and log one step of a night, or one shard's part of it.

        Args:
            name: Of the step.
            run: Whose night.
            facts: Counts that are known before; the yielded mapping takes what follows.
        """
        if self.log_format:
            ensure_logs(self.log_format)
        told: Facts = dict(facts)
        start = perf_counter()
        with self._span(name, run) as span:
            try:
                yield told
            except BaseException as error:
                sentence = _sentence(error)
                span.set_status(Status(StatusCode.ERROR, sentence))
                LOG.warning("%s: %s", name, sentence, extra={"step": name, **_ids(run), **told})
                raise
            finally:
                span.set_attributes(_named(told))
        told["seconds"] = round(perf_counter() - start, 3)
        counts = ", ".join(f"{key} {value}" for key, value in told.items())
        LOG.info("%s: %s", name, counts, extra={"step": name, **_ids(run), **told})

    @contextmanager
    def _span(self, name: str, run: Run) -> Generator[trace.Span]:
        if not self.endpoint:
            yield trace.INVALID_SPAN
            return
        tracer = _provider(self.endpoint, os.getpid()).get_tracer("smart_mammo")
        context = trace.set_span_in_context(NonRecordingSpan(_root(run)))
        with tracer.start_as_current_span(
            name, context, record_exception=False, set_status_on_exception=False
        ) as span:
            yield span


def follow(stage: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Tell the images or exams of followed exams as events of the span that is open, if any.

    Args:
        stage: What became of them.
        rows: With `exam_key` and, of images, `sop_instance_key`: keyed pseudonyms both.
    """
    span = trace.get_current_span()
    if not span.is_recording():
        return
    for row in rows:
        if is_followed(str(row["exam_key"])):
            keys = {key: str(row[key]) for key in _FOLLOWED_KEYS if row.get(key) is not None}
            span.add_event(stage, keys)


_FOLLOWED_KEYS = ("exam_key", "sop_instance_key")


def is_followed(exam_key: str) -> bool:
    """Whether an exam is one of those whose images are told."""
    return crc32(exam_key.encode()) % FOLLOWED_ONE_IN == 0


def _sentence(error: BaseException) -> str:
    """What may leave: our own sentences; of other errors the type, for they quote anything."""
    return str(error) if isinstance(error, SmartMammoError) else type(error).__name__


def _ids(run: Run) -> Facts:
    return {"run_id": run.run_id, "list_date": run.list_date.isoformat()}


def _named(facts: Facts) -> Facts:
    return {f"smart_mammo.{name}": value for name, value in facts.items()}


def _root(run: Run) -> SpanContext:
    """The night's span, known to every process that knows the run."""
    return SpanContext(
        int(run.run_id, 16), _root_id(run), is_remote=True, trace_flags=TraceFlags(1)
    )


def _root_id(run: Run) -> int:
    return int(run.run_id[:16], 16) or 1


class _RunIds(RandomIdGenerator):
    """Names a night's trace and its root after the run."""

    def generate_trace_id(self) -> int:
        run = _STARTING.get()
        return int(run.run_id, 16) if run else super().generate_trace_id()

    def generate_span_id(self) -> int:
        run = _STARTING.get()
        return _root_id(run) if run else super().generate_span_id()


@lru_cache(maxsize=4)
def _provider(endpoint: str, process_id: int) -> TracerProvider:
    """One provider a process: its thread does not survive a fork."""
    del process_id
    provider = TracerProvider(
        resource=Resource.create({"service.name": "smart-mammo"}), id_generator=_RunIds()
    )
    provider.add_span_processor(BatchSpanProcessor(_exporter(endpoint)))
    return provider


def _exporter(endpoint: str) -> SpanExporter:
    return OTLPSpanExporter(f"{endpoint.removesuffix('/')}/v1/traces", timeout=EXPORT_TIMEOUT_S)
