"""plan, apply, status and backup, with databases that keep a diary."""

import json

import pytest

from bot.commands import apply, backup, plan, status
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.holder import Holder
from bot.core.rollouts.plan import digest_of
from bot.errors import BackupError, ExitCode, GateClosed, HistoryError, PostgresError, UsageError
from bot.world import World
from tests.fakes import (
    FakeBackups,
    FakeCheckout,
    FakeConsole,
    FakeDatabase,
    applied,
    history,
    migration,
    world,
)

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY);")
MORE = migration("20260201000000_more", "CREATE TABLE b (id int PRIMARY KEY);")
GONE = migration("20260115000000_gone")
EVERYWHERE = {f"{name}DATABASE_URL": "postgresql://x" for name in ("", "STAGING_", "PRODUCTION_")}


def made(
    *rows: AppliedMigration, target: str = "staging", backups: FakeBackups | None = None
) -> tuple[World, FakeDatabase]:
    database = FakeDatabase(list(rows))
    checkout = FakeCheckout(history(INIT, MORE))
    return world(checkout, {target: database}, backups=backups, environ=EVERYWHERE), database


def shown(given: World) -> str:
    assert isinstance(given.console, FakeConsole)
    assert len(given.console.shown) == 1
    return given.console.output


def test_plan_shows_what_is_pending_and_changes_nothing() -> None:
    given, database = made(applied(INIT))

    assert plan.run(given, "staging") is ExitCode.FINE
    assert MORE.name in shown(given)
    assert INIT.name not in shown(given)
    assert database.diary == []


@pytest.mark.parametrize(
    "rows",
    [
        [applied(INIT), applied(GONE)],
        [applied(INIT, finished=False)],
        [applied(migration(INIT.name, "SELECT 2;"))],
        [applied(MORE)],
    ],
    ids=["missing", "failed", "edited", "out of order"],
)
def test_histories_that_disagree_have_an_exit_code_of_their_own(
    rows: list[AppliedMigration],
) -> None:
    given, database = made(*rows)

    assert plan.run(given, "staging", "json") is ExitCode.HISTORY
    assert status.run([made(*rows)[0]], ["staging"]) is ExitCode.HISTORY
    with pytest.raises(HistoryError):
        apply.run(given, "staging")
    with pytest.raises(HistoryError):
        apply.stop_at_plan(made(*rows)[0], "staging", "text")
    assert set(database.diary) <= {"lock", "unlock"}


def test_plan_has_three_forms() -> None:
    for form, start in (("json", "{"), ("markdown", "#"), ("text", "")):
        given = made()[0]
        assert plan.run(given, "staging", form) is ExitCode.FINE
        assert shown(given).startswith(start)
        assert MORE.name in shown(given)


def test_apply_locks_applies_and_says_so() -> None:
    given, database = made(applied(INIT))

    assert apply.run(given, "staging", form="json") is ExitCode.FINE
    assert json.loads(shown(given))["migrations"] == [MORE.name]
    assert database.diary[0] == "lock"
    assert database.diary[-1] == "unlock"
    assert [row.name for row in database.rows] == [INIT.name, MORE.name]

    assert apply.run(made(applied(INIT), applied(MORE))[0], "staging") is ExitCode.FINE


def test_apply_takes_no_other_plan_than_the_one_that_was_agreed_to() -> None:
    given, database = made(applied(INIT))
    with pytest.raises(HistoryError, match="not the one that was agreed to"):
        apply.run(given, "staging", expect_digest=digest_of([INIT, MORE]))
    assert [row.name for row in database.rows] == [INIT.name]

    assert apply.run(given, "staging", expect_digest=digest_of([MORE])) is ExitCode.FINE


def test_a_dry_run_ends_as_the_rollout_would_and_touches_nothing() -> None:
    given, database = made(applied(INIT))
    assert apply.stop_at_plan(given, "staging", "text") is ExitCode.FINE
    assert MORE.name in shown(given)

    closed, production = made(applied(INIT), target="production")
    database_of_staging = FakeDatabase([applied(INIT)])
    both = world(
        FakeCheckout(history(INIT, MORE)),
        {"production": production, "staging": database_of_staging},
        environ=EVERYWHERE,
    )
    assert apply.stop_at_plan(both, "production", "json") is ExitCode.GATE_CLOSED
    assert closed.github is None
    with pytest.raises(GateClosed, match="production is closed"):
        apply.run(both, "production")
    assert [row.name for row in production.rows] == [INIT.name]
    assert database.diary == []


def test_status_shows_every_target_and_goes_on_past_one_that_does_not_answer() -> None:
    given = made(applied(INIT), applied(MORE))[0]

    assert status.run([given], [], "json") is ExitCode.POSTGRES
    rows = [row["target"] for row in json.loads(shown(given))["targets"]]
    assert rows == ["development", "staging", "production"]


def test_status_is_content_with_targets_that_are_not_configured_here() -> None:
    database = FakeDatabase([applied(INIT), applied(MORE)], holders=[Holder(7, "psql")])
    staging_only = {"STAGING_DATABASE_URL": "postgresql://x"}
    checkout = FakeCheckout(history(INIT, MORE))
    given = world(checkout, {"staging": database}, environ=staging_only)

    assert status.run([given], []) is ExitCode.FINE
    assert "not configured" in shown(given)
    assert "psql (process 7)" in shown(given)


def test_a_target_that_was_named_must_answer_and_exist() -> None:
    with pytest.raises(PostgresError):
        status.run([made()[0]], ["production"])
    with pytest.raises(UsageError, match="no target 'live'"):
        status.run([made()[0]], ["staging", "live"])
    with pytest.raises(UsageError, match="no target 'live'"):
        plan.run(made()[0], "live")


def test_backup_takes_one_and_shows_its_proof() -> None:
    diary: list[str] = []
    given = made(target="production", backups=FakeBackups(diary))[0]

    assert backup.run(given, "production") is ExitCode.FINE
    assert diary == ["backup"]
    assert "b-1" in shown(given)
    assert "proved by restoring it" in shown(given)

    failing = FakeBackups([], BackupError("The disk is full.", hint="Make room."))
    with pytest.raises(BackupError):
        backup.run(made(backups=failing)[0], "production")
