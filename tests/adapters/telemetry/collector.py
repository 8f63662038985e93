"""A collector on this machine, which understands what OTLP/HTTP brings it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

REASON = "NOT TESTED: OpenTelemetry is not installed here; requirements-dev.txt has it"
_PROTO = "opentelemetry.proto.collector"


def messages() -> tuple[Any, Any]:
    """What traces and metrics are asked for with; skips, loudly, without the extra."""
    traces = pytest.importorskip(f"{_PROTO}.trace.v1.trace_service_pb2", reason=REASON)
    metrics = pytest.importorskip(f"{_PROTO}.metrics.v1.metrics_service_pb2", reason=REASON)
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason=REASON)
    return traces.ExportTraceServiceRequest, metrics.ExportMetricsServiceRequest


@dataclass(frozen=True)
class Seen:
    """A span as it arrived."""

    name: str
    id: str
    parent: str
    trace: str
    attributes: dict[str, object]
    events: list[str]
    seconds: float
    failed: bool
    client: bool


@dataclass
class Collector:
    """`status` is what it answers, `silent` lets it answer never."""

    status: int = 200
    silent: bool = False
    url: str = ""
    headers: list[str | None] = field(default_factory=list)
    spans: list[Seen] = field(default_factory=list)
    metrics: dict[str, list[Any]] = field(default_factory=dict)
    resource: dict[str, object] = field(default_factory=dict)
    raw: bytes = b""
    over: threading.Event = field(default_factory=threading.Event)

    def named(self, name: str) -> list[Seen]:
        return [each for each in self.spans if each.name == name]

    def within(self, parent: Seen) -> list[str]:
        return [each.name for each in self.spans if each.parent == parent.id]

    def take(self, path: str, body: bytes) -> None:
        traces, metrics = messages()
        self.raw += body
        if path == "/v1/traces":
            for group in traces.FromString(body).resource_spans:
                self.resource = _plain(group.resource.attributes)
                for scope in group.scope_spans:
                    self.spans += map(_seen, scope.spans)
        elif path == "/v1/metrics":
            for group in metrics.FromString(body).resource_metrics:
                for scope in group.scope_metrics:
                    for each in scope.metrics:
                        kind = getattr(each, each.WhichOneof("data"))
                        self.metrics.setdefault(each.name, []).extend(kind.data_points)


def _plain(attributes: Any) -> dict[str, object]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


def _seen(span: Any) -> Seen:
    return Seen(
        span.name,
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.trace_id.hex(),
        _plain(span.attributes),
        [each.name for each in span.events],
        (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
        span.status.code == span.status.STATUS_CODE_ERROR,
        span.kind == span.SPAN_KIND_CLIENT,
    )


@contextmanager
def collecting(*, status: int = 200, silent: bool = False) -> Iterator[Collector]:
    found = Collector(status, silent)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.headers.append(self.headers["X-Key"])
            if found.silent:
                found.over.wait(60)
            elif found.status == 200:
                found.take(self.path, body)
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
