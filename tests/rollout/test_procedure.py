"""The order of events, told by a target that keeps a diary."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.gates.gate import Gate
from bot.core.migrations.effects import Effects
from bot.core.migrations.migration import Migration
from bot.core.migrations.statement import Position, Statement
from bot.core.rollouts.plan import digest_of
from bot.core.settings import default_targets
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import BackupError, GateClosed, HistoryError, PostgresError, UsageError
from bot.rollout.procedure import Order, roll_out
from tests.fakes import (
    FakeBackups,
    FakeCheckout,
    FakeDatabase,
    applied,
    history,
    migration,
    world,
)

STAGING = default_targets()["staging"]
PRODUCTION = default_targets()["production"]
INIT = migration("20260101000000_init", "CREATE TABLE a()")
MORE = migration("20260201000000_more", "CREATE TABLE b()")


def judged(each: Migration, *, transactional: bool = True) -> JudgedMigration:
    kind = each.sql.split()[0]
    statement = Statement(0, each.sql, Position(1, 1), Position(1, 9), kind, "CreateStmt", {})
    return JudgedMigration(each, (JudgedStatement(statement, Effects(transactional)),))


def order(
    *migrations: Migration,
    target: Target = STAGING,
    gates: tuple[Gate, ...] = (),
    expect: str | None = None,
) -> Order:
    known = {each.name: each for each in migrations}

    def judge(names: Sequence[str]) -> list[JudgedMigration]:
        return [judged(known[name]) for name in names]

    return Order(target, history(*migrations), judge, lambda _: gates, expect)


def go(placed: Order, database: FakeDatabase, **parts: object) -> list[str]:
    roll_out(
        placed,
        world(FakeCheckout(placed.history), {placed.target.name: database}, **parts),  # type: ignore[arg-type]
    )
    return database.diary


def test_a_pending_migration_is_applied_and_recorded_in_one_transaction_under_the_lock() -> None:
    database = FakeDatabase([applied(INIT)])

    assert go(order(INIT, MORE), database) == [
        "lock",
        "table",
        "begin",
        MORE.sql,
        f"record {MORE.name}",
        "commit",
        "unlock",
    ]


def test_with_nothing_pending_nothing_is_written() -> None:
    database = FakeDatabase([applied(INIT)])

    assert go(order(INIT), database) == ["lock", "unlock"]


def test_production_is_backed_up_under_the_lock_before_anything_runs() -> None:
    diary: list[str] = []
    database = FakeDatabase([applied(INIT)], diary)

    go(order(INIT, MORE, target=PRODUCTION), database, backups=FakeBackups(diary))

    assert diary[:4] == ["lock", "backup", "table", "begin"]


def test_a_backup_that_fails_leaves_production_untouched() -> None:
    diary: list[str] = []
    database = FakeDatabase([applied(INIT)], diary)
    backups = FakeBackups(diary, BackupError("The copy differs.", hint="Look at the disk."))

    with pytest.raises(BackupError, match="The copy differs"):
        go(order(INIT, MORE, target=PRODUCTION), database, backups=backups)

    assert diary == ["lock", "backup", "unlock"]


def test_a_closed_gate_stops_before_the_backup_and_says_every_reason() -> None:
    database = FakeDatabase([applied(INIT)])
    gates = (
        Gate("approval", False, "0 of 1", hint="Ask somebody."),
        Gate("after staging", False, "staging lacks it", hint="Apply there."),
        Gate("freeze", True, "none"),
    )

    with pytest.raises(GateClosed, match="approval: 0 of 1; after staging: staging lacks it") as e:
        go(order(INIT, MORE, gates=gates), database)

    assert e.value.hint == "Ask somebody. Apply there."
    assert database.diary == ["lock", "unlock"]


def test_another_digest_than_the_expected_one_stops() -> None:
    database = FakeDatabase([applied(INIT)])

    with pytest.raises(HistoryError, match="not the one that was agreed to"):
        go(order(INIT, MORE, expect="sha256:other"), database)

    assert database.diary == ["lock", "unlock"]


def test_the_expected_digest_lets_the_plan_run() -> None:
    database = FakeDatabase([applied(INIT)])

    assert "commit" in go(order(INIT, MORE, expect=digest_of([MORE])), database)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([replace(applied(INIT), checksum="0" * 64)], "was edited after it was applied"),
        ([applied(INIT), applied(migration("20250101000000_gone"))], "missing from the history"),
        ([applied(INIT, finished=False)], "never finished"),
        ([applied(MORE)], "sorts before a migration that is already applied"),
    ],
    ids=["modified", "missing", "failed", "out of order"],
)
def test_a_disagreement_stops_before_anything_is_written(rows: list[object], says: str) -> None:
    database = FakeDatabase(rows)  # type: ignore[arg-type]

    with pytest.raises(HistoryError, match=says) as error:
        go(order(INIT, MORE), database)

    assert error.value.hint
    assert database.diary == ["lock", "unlock"]


def test_a_database_with_tables_and_no_history_is_not_guessed_about() -> None:
    database = FakeDatabase(has_tables=True)

    with pytest.raises(HistoryError, match="P3005"):
        go(order(INIT), database)


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (ServerFacts("18.1", 18, "app", read_only=False, in_recovery=True), "standby"),
        (ServerFacts("18.1", 18, "app", read_only=True, in_recovery=False), "only reads"),
        (ServerFacts("12.4", 12, "app", read_only=False, in_recovery=False), "PostgreSQL 12.4"),
    ],
)
def test_a_server_that_cannot_take_it_is_refused_before_the_lock(
    server: ServerFacts, says: str
) -> None:
    database = FakeDatabase(server=server)

    with pytest.raises(PostgresError, match=says):
        go(order(INIT), database)

    assert database.diary == []


def test_a_server_that_is_a_standby_when_the_lock_is_free_at_last_is_refused_too() -> None:
    standby = ServerFacts("18.1", 18, "app", read_only=False, in_recovery=True)
    database = FakeDatabase(turns_into=standby)

    with pytest.raises(PostgresError, match="standby"):
        go(order(INIT), database)

    assert database.diary == ["lock", "unlock"]


def test_a_target_that_forgets_is_not_called_done() -> None:
    database = FakeDatabase(forgets=True)

    with pytest.raises(HistoryError, match="does not remember"):
        go(order(INIT), database)


def test_a_file_that_cannot_be_run_is_refused_before_the_backup_and_before_its_neighbours() -> None:
    diary: list[str] = []
    database = FakeDatabase([applied(INIT)], diary)
    bad = migration("20260301000000_bad", "ROLLBACK")
    placed = order(INIT, MORE, bad, target=PRODUCTION)

    with pytest.raises(UsageError, match="20260301000000_bad"):
        go(placed, database, backups=FakeBackups(diary))

    assert diary == ["lock", "unlock"]
