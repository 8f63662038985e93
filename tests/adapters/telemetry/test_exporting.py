"""What arrives at a real collector, and what does not when there is none."""

import time
from collections.abc import Iterator

import pytest

from bot.adapters.telemetry.asked import Asked
from bot.adapters.telemetry.observing import Observing
from tests.adapters.telemetry.collector import Collector, collecting, messages
from tests.adapters.telemetry.lines import Lines

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture(autouse=True)
def installed() -> None:
    messages()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


def observe(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, lines: Lines | None = None
) -> list[str]:
    """What is said while a rollout is observed to its end."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    said: list[str] = []
    observing = Observing(Asked.of(environ), environ, say=said.append, clean=str)
    for line in (lines or Lines()).whole():
        observing.heard(line)
    observing.close()
    return said


def test_spans_and_metrics_arrive(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    said = observe(
        {ENDPOINT: collector.url, "OTEL_EXPORTER_OTLP_HEADERS": "X-Key=abc"}, monkeypatch
    )

    assert said == []
    (rollout,) = collector.named("rollout")
    (migration,) = collector.named("migration")
    (statement,) = collector.named("CREATE INDEX shop")
    assert collector.within(rollout) == ["migration lock", "gates", "drift", "backup", "migration"]
    assert collector.within(migration) == ["CREATE INDEX shop", "UPDATE shop"]
    assert statement.client
    assert statement.seconds == pytest.approx(0.25)
    assert statement.attributes["db.system.name"] == "postgresql"
    assert statement.attributes["db.operation.name"] == "CREATE INDEX"
    assert statement.attributes["migration_bot.statement.line"] == 1
    assert migration.events == ["retry"]
    assert collector.resource["service.name"] == "migration-bot"
    assert set(collector.headers) == {"abc"}

    (bytes_,) = collector.metrics["migration_bot.backup.size"]
    (retries,) = collector.metrics["migration_bot.lock.retries"]
    assert (bytes_.sum, retries.as_int) == (5000, 1)
    durations = collector.metrics["db.client.operation.duration"]
    assert sum(each.count for each in durations) == 2
    assert sum(each.sum for each in durations) == pytest.approx(0.5)


def test_it_goes_on_in_the_trace_of_whoever_called(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    above = f"00-{TRACE}-b7ad6b7169203331-01"

    observe(
        {ENDPOINT: collector.url, "TRACEPARENT": above, "OTEL_SERVICE_NAME": "deploys"}, monkeypatch
    )

    (rollout,) = collector.named("rollout")
    assert (rollout.trace, rollout.parent) == (TRACE, "b7ad6b7169203331")
    assert collector.resource["service.name"] == "deploys"


def test_what_is_not_asked_for_is_not_sent(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe({ENDPOINT: collector.url, "OTEL_METRICS_EXPORTER": "none"}, monkeypatch)

    assert collector.spans
    assert collector.metrics == {}


@pytest.mark.parametrize("status", [401, 503])
def test_a_collector_that_refuses_is_told_of_once(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting(status=status) as collector:
        began = time.monotonic()
        said = observe({ENDPOINT: collector.url, "OTEL_EXPORTER_OTLP_TIMEOUT": "0.5"}, monkeypatch)

    (only,) = said
    assert "does not reach the collector" in only
    assert time.monotonic() - began < 10


def test_a_collector_that_is_not_there_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting() as collector:
        gone = collector.url

    said = observe({ENDPOINT: gone, "OTEL_EXPORTER_OTLP_TIMEOUT": "0.5"}, monkeypatch)

    (only,) = said
    assert "does not reach the collector" in only


@pytest.mark.slow
def test_a_collector_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting(silent=True) as collector:
        began = time.monotonic()
        said = observe({ENDPOINT: collector.url}, monkeypatch)
        took = time.monotonic() - began

    assert len(said) == 1
    assert took < 15
