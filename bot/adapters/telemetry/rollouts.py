"""The lines of a rollout's log, made into spans and metrics as they come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.telemetry import names
from bot.adapters.telemetry.tracer import Attributes, Plain, Span, Tracer
from bot.core.rollouts.rollout_log import Event, Value

Line = Mapping[str, Value]

# What holds a migration up, and is told as an event of its span.
_HOLDING_UP = (Event.BLOCKED, Event.RETRY, Event.RECONNECT, Event.REPLICA_WAIT, Event.HEARTBEAT)


class Rollouts:
    """Any number of them at the same time, as those of a fleet are."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._going: dict[str, _Rollout] = {}

    def heard(self, line: Line) -> None:
        run = _text(line, "run")
        if line["event"] == Event.STARTED:
            self._going[run] = _Rollout(self._tracer, line)
        going = self._going.get(run)
        if going is not None and going.heard(line):
            del self._going[run]

    def close(self) -> None:
        """Those that nobody has ended, such as after a fault."""
        for each in self._going.values():
            each.broken_off()
        self._going.clear()


@dataclass
class _Rollout:
    """One of them: what goes on in it, and what is remembered for what comes later."""

    tracer: Tracer
    first: Line
    common: dict[str, Plain] = field(init=False)
    whole: Span = field(init=False)
    began: datetime = field(init=False)
    last: datetime = field(init=False)
    migration: Span | None = None
    gates: Span | None = None

    def __post_init__(self) -> None:
        self.began = self.last = _at(self.first)
        self.common = {names.SYSTEM: names.POSTGRESQL, names.TARGET: _text(self.first, "target")}
        attributes = {**self.common, names.RUN: _text(self.first, "run")}
        self.whole = self.tracer.began(names.ROLLOUT, self.began, attributes)

    def heard(self, line: Line) -> bool:
        """Whether that was the last of it."""
        event = Event(str(line["event"]))
        if self.gates is not None and event is not Event.GATE:
            self.gates.ended(self.last, {})
            self.gates = None
        self.last = _at(line)
        if event in _HOLDING_UP:
            self._held_up(event, line)
        elif event in _HEARD:
            _HEARD[event](self, line)
        return event in (Event.DONE, Event.STOPPED)

    def broken_off(self) -> None:
        self._end(names.LOST, {})

    def connected(self, line: Line) -> None:
        self.common[names.NAMESPACE] = _text(line, "database")
        self.whole.told(
            Event.CONNECTED,
            self.last,
            {names.NAMESPACE: _text(line, "database"), names.SERVER: _text(line, "server")},
        )

    def locked(self, line: Line) -> None:
        self._took(names.LOCK, line, {})

    def planned(self, line: Line) -> None:
        pending = line["pending"]
        attributes: dict[str, Plain] = {
            names.DIGEST: _text(line, "digest"),
            names.PENDING: len(pending) if isinstance(pending, list) else 0,
        }
        self.whole.told(Event.PLAN, self.last, attributes)
        # The gates are asked from now on, and each is told when all have answered.
        self.gates = self.tracer.began(names.GATES, self.last, self.common, within=self.whole)

    def asked(self, line: Line) -> None:
        if self.gates is not None:
            attributes: Attributes = {
                names.GATE: _text(line, "gate"),
                names.OPEN: bool(line["open"]),
            }
            self.gates.told(Event.GATE, self.last, attributes)

    def looked_for_drift(self, line: Line) -> None:
        differences = line["differences"]
        found = len(differences) if isinstance(differences, list) else 0
        self._took(names.DRIFT, line, {names.DIFFERENCES: found + int(_number(line, "more"))})

    def backed_up(self, line: Line) -> None:
        size = int(_number(line, "size"))
        attributes: Attributes = {names.BACKUP_ID: _text(line, "id"), names.BACKUP_BYTES: size}
        self._took(names.BACKUP, line, attributes)
        self.tracer.measured(names.BYTES, size, {names.TARGET: self.common[names.TARGET]})

    def migration_begins(self, line: Line) -> None:
        # Its like is still open where the connection was lost, and it is begun once more.
        self._end_migration({}, error=names.LOST)
        attributes = {**self.common, names.NAME: _text(line, "migration")}
        self.migration = self.tracer.began(
            names.MIGRATION, self.last, attributes, within=self.whole
        )

    def migration_ends(self, line: Line) -> None:
        self._end_migration({names.ATTEMPTS: int(_number(line, "attempts"))})

    def statement(self, line: Line) -> None:
        kind, seconds = _text(line, "kind"), _number(line, "seconds")
        known = (names.SYSTEM, names.NAMESPACE)
        told: dict[str, Plain] = {each: self.common[each] for each in known if each in self.common}
        told[names.OPERATION] = kind
        span = self.tracer.began(
            f"{kind} {self.common.get(names.NAMESPACE, '')}".strip(),
            self.last - timedelta(seconds=seconds),
            {
                **self.common,
                **told,
                names.NAME: _text(line, "migration"),
                names.INDEX: int(_number(line, "index")),
                names.LINE: int(_number(line, "line")),
                names.ROWS: int(_number(line, "rows")),
            },
            within=self.migration or self.whole,
            client=True,
        )
        span.ended(self.last, {})
        self.tracer.measured(names.STATEMENTS, seconds, told)

    def stopped(self, line: Line) -> None:
        self._end(_text(line, "error"), {names.EXIT_CODE: int(_number(line, "code"))}, line)

    def done(self, line: Line) -> None:
        self._end("", {names.EXIT_CODE: 0}, line)

    def _held_up(self, event: Event, line: Line) -> None:
        if event is Event.RETRY:
            self.tracer.measured(names.RETRIES, 1, {names.TARGET: self.common[names.TARGET]})
        # The words of the others may quote what somebody else's session runs.
        wait = _text(line, "wait") or _text(line, "phase")
        attributes = {names.WAIT: wait} if wait else {}
        (self.migration or self.whole).told(event, self.last, attributes)

    def _took(self, name: str, line: Line, attributes: Attributes) -> None:
        """Something that is over now, and says how long it took."""
        since = self.last - timedelta(seconds=_number(line, "seconds"))
        span = self.tracer.began(name, since, {**self.common, **attributes}, within=self.whole)
        span.ended(self.last, {})

    def _end_migration(self, attributes: Attributes, *, error: str = "") -> None:
        if self.migration is not None:
            self.migration.ended(self.last, attributes, error=error)
            self.migration = None

    def _end(self, error: str, attributes: Attributes, line: Line | None = None) -> None:
        self._end_migration({}, error=error)
        applied = line.get("applied") if line else None
        count = {names.APPLIED: len(applied)} if isinstance(applied, list) else {}
        namespace = {key: self.common[key] for key in (names.NAMESPACE,) if key in self.common}
        self.whole.ended(self.last, {**attributes, **count, **namespace}, error=error)
        told = {names.TARGET: self.common[names.TARGET], names.OUTCOME: error or names.DONE}
        self.tracer.measured(names.ROLLOUTS, (self.last - self.began).total_seconds(), told)


_HEARD: Mapping[Event, Callable[[_Rollout, Line], None]] = {
    Event.CONNECTED: _Rollout.connected,
    Event.LOCKED: _Rollout.locked,
    Event.PLAN: _Rollout.planned,
    Event.GATE: _Rollout.asked,
    Event.DRIFT: _Rollout.looked_for_drift,
    Event.BACKUP: _Rollout.backed_up,
    Event.MIGRATION_BEGIN: _Rollout.migration_begins,
    Event.STATEMENT: _Rollout.statement,
    Event.MIGRATION_END: _Rollout.migration_ends,
    Event.STOPPED: _Rollout.stopped,
    Event.DONE: _Rollout.done,
}


def _at(line: Line) -> datetime:
    return datetime.fromisoformat(_text(line, "time"))


def _text(line: Line, name: str) -> str:
    value = line.get(name)
    return value if isinstance(value, str) else ""


def _number(line: Line, name: str) -> float:
    value = line.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
