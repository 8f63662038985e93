"""A connection that is lost in the middle of a rollout, told by a target that keeps a diary."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bot.core.gates.gate import Gate
from bot.core.migrations.migration import Migration
from bot.core.rollouts.outcome import Outcome
from bot.core.rollouts.plan import Plan
from bot.core.targets.identity import Identity
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import HistoryError, PostgresError
from bot.rollout.procedure import Order, roll_out
from bot.rollout.reconnecting import LIVES, PATIENCE
from tests.fakes import (
    FakeBackups,
    FakeCheckout,
    FakeConsole,
    FakeDatabase,
    FakeLog,
    applied,
    world,
)
from tests.rollout.test_procedure import INIT, MORE, PRODUCTION, STAGING, order

Connect = Callable[[Target], FakeDatabase]
STANDBY = ServerFacts("18.1", 18, "app", read_only=False, in_recovery=True)


def lost(sqlstate: str = "08006") -> PostgresError:
    return PostgresError("The connection was lost.", hint="Look.", sqlstate=sqlstate)


def go(placed: Order, connect: Connect, **parts: object) -> tuple[Outcome, list[str]]:
    """The outcome, and what was said."""
    made = replace(world(FakeCheckout(placed.history)), **parts)  # type: ignore[arg-type]

    @contextmanager
    def connecting(target: Target) -> Iterator[FakeDatabase]:
        yield connect(target)

    outcome = roll_out(placed, replace(made, connect=connecting))
    assert isinstance(made.console, FakeConsole)
    return outcome, made.console.said


@pytest.mark.parametrize("sqlstate", ["08006", "57P01", "57P02", "25P03"])
def test_a_transaction_that_was_lost_is_run_again_under_a_new_lock(sqlstate: str) -> None:
    database = FakeDatabase([applied(INIT)], refuse={MORE.sql: [lost(sqlstate)]})

    outcome, said = go(order(INIT, MORE), lambda _: database)

    assert [each.name for each in outcome.applied] == [MORE.name]
    assert database.diary.count("lock") == 2
    assert database.diary[-2:] == ["commit", "unlock"]
    assert any("go on where it stopped" in each for each in said)


def test_machines_are_told_that_it_is_tried_again() -> None:
    log = FakeLog()
    database = FakeDatabase([applied(INIT)], refuse={MORE.sql: [lost()]})

    go(order(INIT, MORE), lambda _: database, log=log)

    assert [each["event"] for each in log.lines].count("connected") == 2
    (told,) = [each for each in log.lines if each["event"] == "reconnect"]
    assert (told["message"], told["seconds"]) == (
        f"{MORE.name}, line 1: The connection was lost.",
        0.5,
    )


def test_a_commit_without_an_answer_is_looked_up_and_not_repeated() -> None:
    database = FakeDatabase([applied(INIT)], refuse={"commit": [lost()]})

    outcome, _ = go(order(INIT, MORE), lambda _: database)

    assert [each.name for each in outcome.applied] == [MORE.name]
    assert database.diary.count(MORE.sql) == 1


def test_neither_gates_nor_a_backup_are_asked_for_again() -> None:
    diary: list[str] = []
    asked: list[Plan] = []

    def gates(plan: Plan) -> tuple[Gate, ...]:
        asked.append(plan)
        return ()

    database = FakeDatabase([applied(INIT)], diary, refuse={MORE.sql: [lost()]})
    placed = replace(order(INIT, MORE, target=PRODUCTION), gates=gates)

    go(placed, lambda _: database, backups=FakeBackups(diary))

    assert len(asked) == 1
    assert diary.count("backup") == 1


def test_what_was_changed_meanwhile_by_somebody_else_stops_it() -> None:
    database = FakeDatabase([applied(INIT)], refuse={MORE.sql: [lost()]})
    other = FakeDatabase([])

    with pytest.raises(HistoryError, match="changed by somebody else while"):
        go(order(INIT, MORE), lambda _: other if database.diary else database)

    assert other.diary == ["lock", "unlock"]


def test_another_database_that_answers_after_a_loss_is_not_touched() -> None:
    first = ServerFacts("18.1", 18, "app", False, False, Identity("7001", "app", 5))
    database = FakeDatabase([applied(INIT)], refuse={MORE.sql: [lost()]}, server=first)
    stranger = FakeDatabase(
        [applied(INIT)], server=replace(first, identity=Identity("7002", "app", 5))
    )

    with pytest.raises(HistoryError, match="another database answers"):
        go(order(INIT, MORE), lambda _: stranger if database.diary else database)

    assert stranger.diary == []


def test_a_server_that_is_away_is_waited_for_until_patience_ends() -> None:
    database = FakeDatabase([applied(INIT)], refuse={MORE.sql: [lost()]})
    tried: list[str] = []

    def connect(target: Target) -> FakeDatabase:
        if database.diary:
            tried.append(target.name)
            raise lost("08001")
        return database

    with pytest.raises(PostgresError, match="was lost") as error:
        go(order(INIT, MORE), connect)

    assert error.value.sqlstate == "08001"
    assert PATIENCE.total_seconds() / 5 <= len(tried) < PATIENCE.total_seconds()


def test_a_standby_that_becomes_the_primary_is_waited_for() -> None:
    database = FakeDatabase([applied(INIT)], refuse={MORE.sql: [lost()]})
    standby = FakeDatabase(server=STANDBY)
    answers = iter([database, standby, standby, database])

    outcome, _ = go(order(INIT, MORE), lambda _: next(answers))

    assert [each.name for each in outcome.applied] == [MORE.name]
    assert standby.diary == []


def test_a_migration_that_brings_the_server_down_each_time_is_given_up() -> None:
    database = FakeDatabase([applied(INIT)], refuse={MORE.sql: [lost()] * 100})

    with pytest.raises(PostgresError, match="was lost"):
        go(order(INIT, MORE), lambda _: database)

    assert database.diary.count(MORE.sql) == LIVES


def test_one_connection_lost_for_each_migration_is_not_too_many() -> None:
    many = [Migration(f"202601010000{n:02}_m", "", f"SELECT {n}") for n in range(3 * LIVES)]
    database = FakeDatabase(refuse={each.sql: [lost()] for each in many})

    outcome, _ = go(order(*many), lambda _: database)

    assert [each.name for each in outcome.applied] == [each.name for each in many]


@pytest.mark.parametrize("error", [lost("42P01"), lost("55P03"), lost("25006")])
def test_any_other_refusal_is_told_at_once(error: PostgresError) -> None:
    database = FakeDatabase([applied(INIT)], refuse={MORE.sql: [error]})
    target = replace(STAGING, lock_budget=0)

    with pytest.raises(PostgresError):
        go(order(INIT, MORE, target=target), lambda _: database)

    assert database.diary.count("lock") == 1


def test_before_anything_was_agreed_to_a_loss_is_told_at_once() -> None:
    def connect(_: Target) -> FakeDatabase:
        raise lost()

    with pytest.raises(PostgresError, match="was lost"):
        go(order(INIT), connect)
