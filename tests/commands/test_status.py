"""`status`, with databases in memory."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.commands import status
from bot.core.rollouts.audit import Sealed
from bot.core.targets.target import Target
from bot.errors import ExitCode, PostgresError, UsageError
from bot.world import World
from tests.fakes import (
    FakeBackups,
    FakeCheckout,
    FakeDatabase,
    applied,
    history,
    migration,
    shown,
    world,
)
from tests.fakes.values import NOON

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY);")
MORE = migration("20260201000000_more", "CREATE TABLE b (id int PRIMARY KEY);")
EVERYWHERE = {f"{name}DATABASE_URL": "postgresql://x" for name in ("", "STAGING_", "PRODUCTION_")}
RECORD: dict[str, Any] = {
    "at": NOON.isoformat(),
    "outcome": {"state": "failed", "milliseconds": 61_000},
    "trigger": {"login": "ada", "event": ""},
    "drift": ["lacks table a"],
}


def everything(*names: str, backups: FakeBackups | None = None) -> tuple[World, FakeDatabase]:
    """Targets that have it all."""
    database = FakeDatabase([applied(INIT), applied(MORE)])
    checkout = FakeCheckout(history(INIT, MORE))
    databases = dict.fromkeys(names or ("development", "staging", "production"), database)
    return world(checkout, databases, environ=EVERYWHERE, backups=backups), database


def told(given: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shown(given))["targets"]
    return found


def test_the_last_rollout_and_its_drift_are_what_was_written_down() -> None:
    given, database = everything()
    database.audit.append(Sealed(RECORD))

    assert status.run([given], ["staging"], "json") is ExitCode.FINE
    row = told(given)[0]
    at = row["last_rollout"].pop("at")
    assert row["last_rollout"] == {"state": "failed", "seconds": 61.0, "by": "ada"}
    assert row["last_drift"] == {"at": at, "differences": ["lacks table a"]}
    assert row["drift"] is None


class Guarded(FakeDatabase):
    """What was written down is somebody else's to read."""

    def records(self, most: int) -> tuple[Sealed, ...]:
        raise PostgresError("Permission denied.", hint="Ask its owner.")


def test_where_audit_rows_may_not_be_read_the_migrations_table_tells_when() -> None:
    database = Guarded([applied(INIT), applied(MORE)], audit=[Sealed(RECORD)])
    checkout = FakeCheckout(history(INIT, MORE))
    given = world(checkout, {"staging": database}, environ=EVERYWHERE)

    assert status.run([given], ["staging"], "json") is ExitCode.FINE
    row = told(given)[0]
    assert row["last_rollout"] == {
        "at": row["last_rollout"]["at"],
        "state": "applied",
        "seconds": None,
        "by": None,
    }
    assert row["last_drift"] is None


def test_a_target_that_never_had_a_rollout_has_no_last_one() -> None:
    given, database = everything()
    database.rows.clear()

    assert status.run([given], ["staging"], "json") is ExitCode.FINE
    assert told(given)[0]["last_rollout"] is None


def test_the_last_backup_is_told_with_what_the_gate_makes_of_it() -> None:
    given, _ = everything(backups=FakeBackups([], kept=True))

    assert status.run([given], ["production"], "json") is ExitCode.FINE
    row = told(given)[0]
    assert row["last_backup"]["level"] == "restore"
    assert row["last_backup"]["fine"] is True
    gate = next(each for each in row["gates"] if each["name"] == "backup")
    assert "the last is" in gate["reason"]

    given, _ = everything()
    status.run([given], ["production"])
    assert "gate backup: open, one is taken and proved" in shown(given)


class Unreadable(FakeBackups):
    def proved(self, target: Target) -> None:
        raise UsageError("No key for that store.", hint="Set it.")


def test_a_store_that_cannot_be_read_keeps_nothing_else_from_being_shown() -> None:
    given, _ = everything(backups=Unreadable([]))

    assert status.run([given], [], "json") is ExitCode.FINE
    production = told(given)[2]
    assert production["last_backup"] is None
    gate = next(each for each in production["gates"] if each["name"] == "backup")
    assert (gate["open"], gate["reason"]) == (
        False,
        "it cannot be told: No key for that store",
    )


def test_one_that_does_not_answer_is_told_and_the_others_are_shown() -> None:
    given, _ = everything("development", "production")

    assert status.run([given], []) is ExitCode.POSTGRES
    text = shown(given)
    assert "staging needs somebody." in text
    assert "staging does not answer.\n    hint: Start it." in text
    assert text.count("up to date") == 2


def slow(given: World, name: str, until: threading.Event) -> World:
    """One of whose targets gives no answer."""

    @contextmanager
    def connect(target: Target) -> Iterator[Any]:
        if target.name == name:
            until.wait(30)
        with given.connect(target) as database:
            yield database

    return replace(given, connect=connect)


def test_one_that_hangs_holds_up_nobody_longer_than_the_limit() -> None:
    until = threading.Event()
    given = slow(everything()[0], "staging", until)
    began = time.monotonic()
    try:
        assert status.run([given], [], "json", seconds=0.5) is ExitCode.POSTGRES
        assert time.monotonic() - began < 10
    finally:
        until.set()
    rows = told(given)
    assert [each["plan"] is None for each in rows] == [False, True, False]
    assert "gave no answer within" in rows[1]["problem"]
    assert "migration-bot doctor staging" in rows[1]["hint"]


def test_databases_are_asked_at_the_same_time() -> None:
    given, _ = everything()
    together = threading.Barrier(3, timeout=20)

    @contextmanager
    def connect(target: Target) -> Iterator[Any]:
        together.wait()
        with given.connect(target) as database:
            yield database

    assert status.run([replace(given, connect=connect)], [], "json") is ExitCode.FINE


def test_one_without_its_variable_is_told_and_is_no_error() -> None:
    given, _ = everything()
    given = replace(given, environ={"STAGING_DATABASE_URL": "postgresql://x"})

    assert status.run([given], []) is ExitCode.FINE
    text = shown(given)
    assert "production was not looked at: PRODUCTION_DATABASE_URL is not set." in text
    assert "Everything that is configured here is up to date." in text


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_every_width_tells_the_same(width: int) -> None:
    given, database = everything(backups=FakeBackups([], kept=True))
    database.audit.append(Sealed(RECORD))
    page = replace(given.console.page, width=width)
    given.console.page = page  # type: ignore[misc]

    assert status.run([given], []) is ExitCode.FINE
    text = shown(given)
    assert max(map(len, text.splitlines())) <= width
    for each in ("failed in 1 min 1 s by ada", "proved (restore)", "up to date", "1 difference"):
        assert all(word in text for word in each.split())
