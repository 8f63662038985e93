"""Lines of a rollout, and a tracer that only remembers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.telemetry.tracer import Attributes, Plain, Span
from bot.core.rollouts.rollout_log import Event, Value, document
from tests.fakes.values import NOON


@dataclass(eq=False)
class FakeSpan:
    name: str
    began: datetime
    attributes: dict[str, Plain]
    within: "FakeSpan | None" = None
    client: bool = False
    events: list[tuple[str, dict[str, Plain]]] = field(default_factory=list)
    at: datetime | None = None
    error: str = ""

    @property
    def seconds(self) -> float:
        assert self.at is not None, f"{self.name} was never ended"
        return (self.at - self.began).total_seconds()

    def told(self, name: str, at: datetime, attributes: Attributes) -> None:
        self.events.append((str(name), dict(attributes)))

    def ended(self, at: datetime, attributes: Attributes, *, error: str = "") -> None:
        assert self.at is None, f"{self.name} was ended before"
        self.at, self.error = at, error
        self.attributes.update(attributes)


@dataclass
class FakeTracer:
    spans: list[FakeSpan] = field(default_factory=list)
    metrics: list[tuple[str, float, dict[str, Plain]]] = field(default_factory=list)
    closed: bool = False

    def began(
        self,
        name: str,
        at: datetime,
        attributes: Attributes,
        *,
        within: Span | None = None,
        client: bool = False,
    ) -> FakeSpan:
        assert within is None or isinstance(within, FakeSpan)
        self.spans.append(FakeSpan(name, at, dict(attributes), within, client))
        return self.spans[-1]

    def measured(self, name: str, value: float, attributes: Attributes) -> None:
        self.metrics.append((name, value, dict(attributes)))

    def close(self) -> bool:
        self.closed = True
        return True

    def tree(self) -> list[tuple[str, str | None]]:
        return [(each.name, each.within.name if each.within else None) for each in self.spans]

    def only(self, name: str) -> FakeSpan:
        (found,) = (each for each in self.spans if each.name == name)
        return found


MIGRATION = "20260101000000_init"


@dataclass
class Lines:
    """Each a second after the one before."""

    run: str = "cafe"
    at: datetime = NOON

    def line(self, event: Event, **fields: Value) -> dict[str, Value]:
        self.at += timedelta(seconds=1)
        return document(event, at=self.at, run=self.run, target="staging", fields=fields)

    def beginning(self) -> Iterator[dict[str, Value]]:
        yield self.line(Event.STARTED, version="1", pid=1)
        yield self.line(Event.CONNECTED, server="17.2", database="shop", backend=7)
        yield self.line(Event.LOCKED, seconds=0.5)
        yield self.line(
            Event.PLAN, pending=[MIGRATION], interrupted=[], applied=0, digest="d", agrees=True
        )
        yield self.line(Event.GATE, gate="approval", open=True, reason="Ada")
        yield self.line(Event.GATE, gate="freeze", open=True, reason="none")
        yield self.line(
            Event.DRIFT, mode="report", looked=True, reason="", differences=["x"], more=2, seconds=1
        )
        yield self.line(Event.BACKUP, id="b1", size=5000, seconds=2.0, proof="restored")

    def begin(self) -> dict[str, Value]:
        return self.line(
            Event.MIGRATION_BEGIN, migration=MIGRATION, place=1, of=1, checksum="c", resumed=False
        )

    def statement(self, index: int, kind: str = "CREATE INDEX") -> dict[str, Value]:
        return self.line(
            Event.STATEMENT,
            migration=MIGRATION,
            index=index,
            line=index + 1,
            kind=kind,
            seconds=0.25,
            rows=3,
        )

    def done(self) -> Iterator[dict[str, Value]]:
        yield self.line(Event.MIGRATION_END, migration=MIGRATION, seconds=2.0, attempts=2)
        yield self.line(Event.DONE, applied=[MIGRATION], seconds=9.0)

    def retry(self) -> dict[str, Value]:
        return self.line(Event.RETRY, migration=MIGRATION, attempt=1, message="SELECT secret")

    def stopped(self) -> dict[str, Value]:
        return self.line(
            Event.STOPPED,
            code=4,
            error="PostgresError",
            message="secret",
            hint="h",
            migration=MIGRATION,
            applied=[],
        )

    def whole(self) -> Iterator[dict[str, Value]]:
        yield from self.beginning()
        yield self.begin()
        yield self.retry()
        yield self.statement(0)
        yield self.statement(1, "UPDATE")
        yield from self.done()
