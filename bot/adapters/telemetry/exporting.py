"""Spans and metrics on their way to a collector, through the SDK of OpenTelemetry.

The only module that loads it. What is not said here is taken from the variables that the SDK knows.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bot import __version__
from bot.adapters.telemetry import names
from bot.adapters.telemetry.asked import Asked
from bot.adapters.telemetry.tracer import Attributes, Span

NAME = "migration-bot"
# A collector that takes longer is told nothing; OTEL_EXPORTER_OTLP_TIMEOUT says otherwise.
_SECONDS = 3.0
# How long the end of a command may wait for the last of it to be taken.
_PATIENCE = 5.0
_SLOWEST = (0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0, 1800.0, 7200.0)
_BYTES = tuple(float(10**power) for power in range(4, 14))
_NANO = 1_000_000_000
_LIBRARY = "opentelemetry"


@dataclass(frozen=True)
class _Going:
    """See tracer.Span."""

    span: Any

    def told(self, name: str, at: datetime, attributes: Attributes) -> None:
        self.span.add_event(str(name), dict(attributes), timestamp=_moment(at))

    def ended(self, at: datetime, attributes: Attributes, *, error: str = "") -> None:
        self.span.set_attributes(dict(attributes))
        if error:
            self.span.set_attribute(names.ERROR, error)
            self.span.set_status(trace.Status(trace.StatusCode.ERROR))
        self.span.end(end_time=_moment(at))


class Exporting:
    """See tracer.Tracer. `trouble` is told what the library complains of, in its words."""

    def __init__(
        self, asked: Asked, environ: Mapping[str, str], trouble: Callable[[str], None]
    ) -> None:
        _hear(trouble)
        resource = Resource.create(_attributes(environ))
        timeout = None if asked.timeout else _SECONDS
        # Without an exporter what is observed goes nowhere, which costs next to nothing.
        self._spans = TracerProvider(resource=resource, shutdown_on_exit=False)
        if asked.traces:
            exporter = OTLPSpanExporter(timeout=timeout)
            self._spans.add_span_processor(BatchSpanProcessor(exporter))
        readers = []
        if asked.metrics:
            readers = [PeriodicExportingMetricReader(OTLPMetricExporter(timeout=timeout))]
        self._metrics = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
        self._tracer = self._spans.get_tracer(NAME, __version__)
        self._record = self._instruments()
        carrier = {"traceparent": environ.get("TRACEPARENT", "")}
        self._above = TraceContextTextMapPropagator().extract(carrier)

    def began(
        self,
        name: str,
        at: datetime,
        attributes: Attributes,
        *,
        within: Span | None = None,
        client: bool = False,
    ) -> Span:
        context = self._above
        if isinstance(within, _Going):
            context = trace.set_span_in_context(within.span, self._above)
        kind = trace.SpanKind.CLIENT if client else trace.SpanKind.INTERNAL
        return _Going(
            self._tracer.start_span(name, context, kind, dict(attributes), start_time=_moment(at))
        )

    def measured(self, name: str, value: float, attributes: Attributes) -> None:
        self._record[name](value, dict(attributes))

    def close(self) -> bool:
        """Whether all of it was handed over in time; whoever does not answer is not waited for."""
        done = threading.Event()

        def hand_over() -> None:
            with suppress(Exception):
                self._spans.shutdown()
            with suppress(Exception):
                self._metrics.shutdown()
            done.set()

        threading.Thread(target=hand_over, name="telemetry", daemon=True).start()
        return done.wait(_PATIENCE)

    def _instruments(self) -> Mapping[str, Callable[..., None]]:
        meter = self._metrics.get_meter(NAME, __version__)
        found: dict[str, Callable[..., None]] = {}
        for name, (unit, what, _) in names.METRICS.items():
            if name in names.COUNTED:
                found[name] = meter.create_counter(name, unit, what).add
                continue
            edges = _BYTES if unit == "By" else _SLOWEST
            found[name] = meter.create_histogram(
                name, unit, what, explicit_bucket_boundaries_advisory=edges
            ).record
        return found


def _attributes(environ: Mapping[str, str]) -> dict[str, str]:
    """What the bot says of itself, where nobody says otherwise."""
    said = {"service.version": __version__}
    given = environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    if not environ.get("OTEL_SERVICE_NAME") and "service.name=" not in given:
        said["service.name"] = NAME
    return said


def _moment(at: datetime) -> int:
    """In nanoseconds."""
    return round(at.timestamp() * _NANO)


def _hear(trouble: Callable[[str], None]) -> None:
    """What the library would write to standard error goes to whoever knows what to say."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            trouble(record.getMessage())

    logger = logging.getLogger(_LIBRARY)
    logger.handlers = [Handler(logging.WARNING)]
    logger.propagate = False
