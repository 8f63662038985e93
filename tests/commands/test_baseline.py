"""`baseline`, with databases that keep rows and a diary."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from bot.commands import baseline
from bot.core.drift.drift import Expected, unknown
from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.schemas.schema import Snapshot
from bot.core.targets.identity import Mark, read_mark
from bot.errors import ExitCode, HistoryError, UsageError
from bot.world import World
from tests.fakes import (
    FakeCheckout,
    FakeDatabase,
    FakeSchemas,
    applied,
    database_of,
    history,
    marked,
    migration,
    shown,
    world,
)
from tests.unfinished import failed, interrupted

INIT = migration("20260101000000_init", "CREATE TABLE a (id int);")
MIXED = migration("20260102000000_mixed", "ALTER TABLE a ADD COLUMN n int;\n")
LAST = migration("20260103000000_last", "CREATE TABLE b (id int);")
SQUASH = migration("000000000000_squashed", "CREATE TABLE a (id int, n int);")


A = {("table", "public.a"): (("persistence", "permanent"),)}


@dataclass
class Makes(FakeSchemas):
    """The history makes the same every time, or cannot be run."""

    made: Snapshot = field(default_factory=lambda: A)
    asked: list[list[str]] = field(default_factory=list)

    def expected(self, order: Order, note: Callable[[str], None]) -> Expected:
        assert order.new == ()
        assert order.postgres == 18
        self.asked.append([each.name for each in order.base])
        if self.problem:
            return unknown(self.problem)
        return Expected(self.made, self.made, major=18)


def differing() -> Makes:
    return Makes({**A, ("table", "public.b"): A["table", "public.a"]})


def made(
    *rows: AppliedMigration,
    having: tuple[Migration, ...] = (INIT, MIXED, LAST),
    schemas: Makes | None = None,
) -> World:
    database = FakeDatabase(list(rows), has_tables=True, shapes=[A])
    given = world(FakeCheckout(history(*having)), {"staging": database})
    return replace(given, schemas=schemas or Makes())


def untouched(given: World) -> bool:
    return set(database_of(given).diary) <= {"shape of public"}


def names(given: World) -> list[str]:
    return [row.name for row in database_of(given).rows if row.finished]


def test_everything_up_to_a_migration_is_marked_at_once_under_the_lock() -> None:
    given = made()

    assert baseline.run(given, "staging", MIXED.name) is ExitCode.FINE
    rows = database_of(given).rows
    assert rows == [marked(INIT), marked(MIXED)]
    assert database_of(given).diary == [
        "shape of public",
        "lock",
        f"resolved ['{INIT.name}', '{MIXED.name}']",
        "unlock",
    ]
    assert [read_mark(each) for each in database_of(given).marks] == [
        Mark("staging", database_of(given).server.identity)
    ]
    assert shown(given) == (
        "staging: 2 migrations marked as applied.\n"
        f"  {INIT.name}\n"
        f"  {MIXED.name}\n"
        "The schema is what these migrations make.\n"
        "Next: 1 migration is pending. `migration-bot apply staging`\n"
    )


def test_a_dry_run_compares_and_writes_nothing() -> None:
    schemas = Makes()
    given = made(schemas=schemas)

    assert baseline.run(given, "staging", MIXED.name, dry_run=True) is ExitCode.FINE
    assert "2 migrations would be marked as applied." in shown(given)
    assert schemas.asked == [[INIT.name, MIXED.name]]
    assert untouched(given)

    other = made(schemas=differing())
    assert baseline.run(other, "staging", MIXED.name, dry_run=True) is ExitCode.HISTORY
    assert "  lacks table public.b\n" in shown(other)


def test_what_has_part_of_its_history_gets_the_rest_and_is_compared_with_the_whole() -> None:
    schemas = Makes()
    given = made(applied(INIT), applied(LAST), schemas=schemas)

    assert baseline.run(given, "staging", MIXED.name) is ExitCode.FINE
    assert names(given) == [INIT.name, LAST.name, MIXED.name]
    assert schemas.asked == [[INIT.name, MIXED.name, LAST.name]]
    assert "staging is up to date." in shown(given)


def test_a_second_time_there_is_nothing_to_mark() -> None:
    given = made(marked(INIT), marked(MIXED))

    assert baseline.run(given, "staging", MIXED.name) is ExitCode.FINE
    assert "everything up to 20260102000000_mixed is applied already" in shown(given)
    assert untouched(given)


@pytest.mark.parametrize(
    ("schemas", "why"),
    [
        (differing(), "its schema differs"),
        (Makes(problem="No server was found."), "its schema was not compared"),
    ],
)
def test_a_schema_that_differs_or_was_not_compared_needs_somebodys_consent(
    schemas: Makes, why: str
) -> None:
    given = made(schemas=schemas)
    with pytest.raises(HistoryError, match=why) as error:
        baseline.run(given, "staging", MIXED.name)
    assert "--yes" in error.value.hint
    assert untouched(given)

    asked: list[str] = []

    def no(text: str) -> bool:
        asked.append(text)
        return False

    refusing = made(schemas=schemas)
    with pytest.raises(HistoryError):
        baseline.run(refusing, "staging", MIXED.name, ask=no)
    assert asked == ["Mark them as applied on staging all the same?"]
    assert names(refusing) == []

    agreed = made(schemas=schemas)
    assert baseline.run(agreed, "staging", MIXED.name, ask=lambda _: True) is ExitCode.FINE
    assert names(agreed) == [INIT.name, MIXED.name]
    told = made(schemas=schemas)
    assert baseline.run(told, "staging", MIXED.name, yes=True) is ExitCode.FINE
    assert names(told) == [INIT.name, MIXED.name]


def test_without_a_server_to_compare_on_it_is_said() -> None:
    given = replace(made(), schemas=None)

    assert baseline.run(given, "staging", INIT.name, yes=True, form="json") is ExitCode.FINE
    read = json.loads(shown(given))
    assert "no PostgreSQL here" in read["not_compared"]
    assert (read["done"], read["marked"]) == (True, [INIT.name])


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([failed(INIT)], "was started and never finished"),
        ([interrupted(1)], "applied in part"),
        ([applied(migration(INIT.name, "SELECT 2"))], "applied with another text"),
        ([replace(failed(INIT), rolled_back_at=applied(INIT).started_at)], "was rolled back"),
        (
            [replace(failed(INIT), rolled_back_at=applied(INIT).started_at), applied(LAST)],
            "was rolled back",
        ),
        ([applied(migration("20251201000000_gone"))], "has no folder here"),
    ],
)
def test_rows_that_say_something_else_are_not_contradicted(
    rows: list[AppliedMigration], why: str
) -> None:
    given = made(*rows)

    with pytest.raises(HistoryError, match=why):
        baseline.run(given, "staging", MIXED.name, yes=True)
    assert untouched(given)


def test_rows_that_somebody_else_wrote_meanwhile_stop_it() -> None:
    given = made(schemas=differing())

    def meanwhile(_: str) -> bool:
        database_of(given).rows.append(applied(INIT))
        return True

    with pytest.raises(HistoryError, match="changed by somebody else"):
        baseline.run(given, "staging", MIXED.name, ask=meanwhile)
    assert names(given) == [INIT.name]


def test_a_squash_is_marked_and_what_it_replaces_is_settled() -> None:
    given = made(applied(INIT), applied(MIXED), having=(SQUASH, LAST))
    later = applied(SQUASH).started_at.replace(hour=13)
    assert baseline.run(given, "staging", SQUASH.name) is ExitCode.FINE
    assert "It replaces 2 older migrations, whose rows stay as they are." in shown(given)

    database = database_of(given)
    # The fake's clock stands still.
    database.rows[-1] = replace(database.rows[-1], started_at=later, finished_at=later)
    again = made(*database.rows, having=(SQUASH, LAST))
    assert baseline.run(again, "staging", SQUASH.name) is ExitCode.FINE
    assert "Next: 1 migration is pending." in shown(again)


def test_a_migration_that_is_not_there_cannot_be_the_last() -> None:
    with pytest.raises(UsageError, match="P3017"):
        baseline.run(made(), "staging", "20260102000000_mixd")
