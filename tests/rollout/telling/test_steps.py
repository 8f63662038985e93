"""What is told of a rollout while it runs, to whom, and that none of it can harm the rollout."""

import json
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Position, Statement
from bot.core.rollouts.doing import Doing
from bot.core.rollouts.rollout_log import COMMON, FIELDS, Event, Value, document, line_of
from bot.core.settings import default_targets
from bot.rollout.telling.steps import Steps
from bot.rollout.telling.telling import Telling
from bot.world.heart import Heart
from tests.fakes import (
    NOON,
    FakeCheckout,
    FakeClock,
    FakeConsole,
    FakeDatabase,
    FakeLog,
    history,
    migration,
    world,
)

STAGING = default_targets()["staging"]
MORE = migration("20260102000000_more")


def statement(index: int, kind: str = "CREATE INDEX") -> Statement:
    line = index + 1
    return Statement(index, "…", Position(line, 1), Position(line, 9), kind, "IndexStmt", {})


class Told:
    def __init__(self, console: FakeConsole | None = None, *, watched: bool = False) -> None:
        self.clock = FakeClock()
        self.console = console or FakeConsole(watched=watched)
        self.log = FakeLog()
        made = world(FakeCheckout(history()))
        heart = Heart(tick=0.001)
        made = replace(made, console=self.console, log=self.log, now=self.clock.now, heart=heart)
        self.steps = Steps(Telling(STAGING, made))

    def events(self) -> list[tuple[Value, ...]]:
        shown = ("event", "line", "seconds", "rows", "segment")
        return [tuple(each[name] for name in shown if name in each) for each in self.log.lines]


def test_in_a_log_a_migration_has_a_line_and_only_a_slow_statement_has_one_of_its_own() -> None:
    told = Told()

    with told.steps.migration(JudgedMigration(MORE, ()), place=3, of=12):
        heard = told.steps.of([statement(0), statement(1)])
        heard(0, 0.01, 5)
        heard(1, 14.2, 0)
        told.steps.segment(1, 2)

    assert told.console.said == [
        "[3/12] applying 20260102000000_more",
        "  line 2: CREATE INDEX took 14.2 s",
    ]
    assert told.console.followed == []
    assert told.events() == [
        ("migration-begin",),
        ("statement", 1, 0.01, 5),
        ("statement", 2, 14.2, 0),
        ("segment", 1),
    ]
    assert [(each.index, each.seconds) for each in told.steps.timings()] == [(1, 14.2)]


def test_who_watches_sees_which_statement_runs_and_nothing_when_none_does() -> None:
    told = Told(watched=True)

    with told.steps.migration(JudgedMigration(MORE, ()), place=1, of=1):
        heard = told.steps.of([statement(0), statement(1, "UPDATE")])
        heard(0, 0.01, 5)

    name = MORE.name
    assert told.console.followed == [
        f"{name}, statement 1 of 2, line 1: CREATE INDEX",
        f"{name}, statement 2 of 2, line 2: UPDATE",
        "",
    ]


def test_a_long_statement_has_a_heartbeat_that_says_what_it_is_at_and_who_is_in_the_way() -> None:
    told = Told()
    database = FakeDatabase(seen=Doing("Lock: virtualxid", ("psql (process 7)",), "waiting", 40.0))

    with told.steps.migration(JudgedMigration(MORE, ())):
        told.steps.of([statement(0)])
        told.clock.time += timedelta(seconds=20)
        told.steps.beat(database)

    assert told.console.said[-1] == (
        "  line 1: CREATE INDEX has run for 20.0 s: waiting, 40%; waiting for psql (process 7)"
    )
    beat = told.log.lines[-1]
    assert (beat["event"], beat["percent"], beat["blockers"]) == (
        "heartbeat",
        40.0,
        ["psql (process 7)"],
    )


def test_a_heartbeat_goes_on_where_nothing_can_be_seen_and_is_silent_between_statements() -> None:
    told = Told()

    told.steps.beat(FakeDatabase())
    with told.steps.migration(JudgedMigration(MORE, ())):
        told.steps.of([statement(0)])
        told.clock.time += timedelta(seconds=10)
        told.steps.beat(FakeDatabase())
        told.steps.blocked("somebody is in the way")
        told.steps.beat(FakeDatabase())

    assert told.console.said[1:] == [
        "  line 1: CREATE INDEX has run for 10.0 s",
        "somebody is in the way",
    ]


@dataclass
class Listened(FakeConsole):
    """Lets it be known each time that something is said."""

    heard: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def say(self, text: str) -> None:
        super().say(text)
        self.heard.release()


def test_while_a_statement_runs_it_is_looked_at_every_now_and_then_and_no_longer() -> None:
    console = Listened()
    told = Told(console)
    database = FakeDatabase(seen=Doing(phase="building index"))

    with told.steps.watching(database), told.steps.migration(JudgedMigration(MORE, ())):
        assert console.heard.acquire(timeout=30)
        heard = told.steps.of([statement(0), statement(1, "UPDATE")])
        told.clock.time += timedelta(seconds=10)
        assert console.heard.acquire(timeout=30)
        told.clock.time += timedelta(seconds=10)
        assert console.heard.acquire(timeout=30)
        heard(0, 1.0, 0)
        told.clock.time += timedelta(seconds=11)
        assert console.heard.acquire(timeout=30)
    told.clock.time += timedelta(seconds=10)

    assert told.console.said[1:] == [
        "  line 1: CREATE INDEX has run for 10.0 s: building index",
        "  line 1: CREATE INDEX has run for 20.0 s: building index",
        "  line 2: UPDATE has run for 11.0 s: building index",
    ]
    assert not console.heard.acquire(timeout=0.05)


def test_a_later_attempt_counts_and_not_the_one_that_was_given_up() -> None:
    told = Told()

    told.steps.of([statement(0)])(0, 5.0, 1)
    told.steps.of([statement(0)])(0, 1.0, 1)

    assert [each.seconds for each in told.steps.timings()] == [1.0]


def test_every_line_that_is_written_has_the_fields_that_are_promised() -> None:
    told = Told()
    with told.steps.migration(JudgedMigration(MORE, ())):
        told.steps.of([statement(0)])(0, 0.1, 1)
        told.steps.retry(1, "a lock is taken")
        told.steps.blocked("somebody is in the way")

    for each in told.log.lines:
        assert each.keys() == COMMON.keys() | FIELDS[Event(str(each["event"]))].keys()


def test_a_field_that_is_not_described_cannot_be_written() -> None:
    with pytest.raises(KeyError, match="colour"):
        document(Event.DONE, at=NOON, run="r", target="t", fields={"colour": "red"})


def test_a_secret_is_struck_out_and_the_line_stays_json() -> None:
    content = document(
        Event.DONE, at=NOON, run="r", target="1234", fields={"applied": ["a1234"], "seconds": 1234}
    )

    line = line_of(content, lambda text: text.replace("1234", "[redacted]"))

    read = json.loads(line)
    assert (read["target"], read["applied"], read["seconds"]) == (
        "[redacted]",
        ["a[redacted]"],
        1234,
    )
    assert read["time"] == "2026-11-22T12:00:00.000Z"
