"""What a look for drift asks of a target, and what it makes of the answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.drift.look import DriftState, Look
from bot.core.migrations.history import History
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.holder import Holder
from bot.core.schemas.schema import Snapshot
from bot.errors import PostgresError
from bot.flows.targets.drifting import look_at
from bot.world import World
from tests.fakes import (
    NOON,
    FakeCheckout,
    FakeDatabase,
    FakeSchemas,
    applied,
    history,
    migration,
    world,
)

FIRST = migration("20260101000000_first", "CREATE TABLE a (id int);\n")
MORE = migration("20260102000000_more", "ALTER TABLE a ADD n int;\n")
MADE: Snapshot = {("table", "public.a"): ()}
DRIFTED: Snapshot = {**MADE, ("index", "public.a.by_hand"): ()}


def looked(
    database: FakeDatabase,
    *,
    known: History | None = None,
    schemas: FakeSchemas | None = None,
    checkout: FakeCheckout | None = None,
) -> Look:
    found = known or history(FIRST, MORE)
    given = replace(
        world(checkout or FakeCheckout(found), {"staging": database}),
        schemas=schemas or FakeSchemas(MADE),
    )
    return look(given, found)


def look(given: World, known: History, *, named: bool = True) -> Look:
    return look_at(given.settings.target("staging"), known, given, named=named)


def database(*rows: AppliedMigration, shape: Snapshot = MADE) -> FakeDatabase:
    return FakeDatabase(rows=list(rows), shapes=[shape])


def test_what_is_applied_is_run_elsewhere_and_what_is_pending_is_not() -> None:
    schemas = FakeSchemas(MADE)
    found = looked(database(applied(FIRST)), schemas=schemas)

    assert (found.state, found.applied) == (DriftState.CLEAN, 1)
    [order] = schemas.orders
    assert [each.name for each in order.history.base] == [FIRST.name]
    assert order.history.new == ()


def test_what_differs_is_told_with_the_scripts() -> None:
    found = looked(database(applied(FIRST), shape=DRIFTED))

    assert found.state is DriftState.DRIFTED
    assert [each.line for each in found.deviations.told] == ["has besides: index public.a.by_hand"]
    assert found.mend is not None
    assert found.mend.sql == "DROP INDEX by_hand;\n"


def test_while_somebody_holds_the_lock_nothing_is_compared() -> None:
    schemas = FakeSchemas(MADE)
    busy = database(applied(FIRST), shape=DRIFTED)
    busy.holders = [Holder(7, application="migration-bot/staging")]
    found = looked(busy, schemas=schemas)

    assert found.state is DriftState.RUNNING
    assert "migration-bot/staging (process 7)" in found.problem
    assert schemas.orders == []


def test_what_was_applied_with_another_text_is_run_with_that_one() -> None:
    old = migration(MORE.name, "ALTER TABLE a ADD n bigint;\n")
    checkout = FakeCheckout(history(FIRST, MORE), scripts={old.checksum: old.sql})
    schemas = FakeSchemas(MADE)
    looked(database(applied(FIRST), applied(old)), schemas=schemas, checkout=checkout)

    [order] = schemas.orders
    assert [each.sql for each in order.history.base] == [FIRST.sql, old.sql]


def test_a_text_that_nobody_has_is_said_and_not_guessed_at() -> None:
    found = looked(database(applied(FIRST), applied(migration("20260102000000_gone", "SELECT 1"))))

    assert (found.state, found.disagrees) == (DriftState.UNKNOWN, True)
    assert "no commit has the text that it applied of 20260102000000_gone" in found.problem


def test_a_failed_migration_leaves_nobody_knows_what() -> None:
    failed = replace(applied(FIRST), finished_at=None, logs="ERROR")
    found = looked(database(failed))

    assert (found.state, found.disagrees) == (DriftState.UNKNOWN, True)
    assert "failed there" in found.problem


def test_a_rollout_that_comes_in_between_is_one() -> None:
    class Quick(FakeDatabase):
        """A rollout begins and ends while the schema is read."""

        def actual(self):  # type: ignore[no-untyped-def]
            self.rows.append(replace(applied(MORE), started_at=NOON + timedelta(hours=1)))
            return super().actual()

    found = looked(Quick(rows=[applied(FIRST)], shapes=[DRIFTED]))

    assert (found.state, found.problem) == (DriftState.RUNNING, "a rollout came in between")


def test_without_a_server_or_with_a_history_that_fails_it_is_not_known() -> None:
    refused = looked(database(applied(FIRST)), schemas=FakeSchemas(problem="it does not run"))
    given = world(FakeCheckout(history(FIRST)), {"staging": database(applied(FIRST))})
    without = look(given, history(FIRST))

    assert (refused.state, refused.problem) == (DriftState.UNKNOWN, "it does not run")
    assert (without.state, without.disagrees) == (DriftState.UNKNOWN, False)
    assert "no PostgreSQL here" in without.problem


def test_who_was_named_must_answer_and_others_may_be_down_or_unset() -> None:
    given = world(FakeCheckout(history()), environ={"STAGING_DATABASE_URL": "postgresql://x/y"})

    with pytest.raises(PostgresError, match="does not answer"):
        look(given, history())
    down = look(given, history(), named=False)
    unset = look(world(FakeCheckout(history())), history(), named=False)
    assert (down.state, down.hint) == (DriftState.UNKNOWN, "Start it.")
    assert unset.state is DriftState.UNSET


def test_kinds_that_may_not_be_read_are_said() -> None:
    blind = database(applied(FIRST))
    blind.unseen = ("event trigger",)

    assert looked(blind).unseen == ("event trigger",)
