"""unlock, with holders that go away, and some that do not."""

import pytest

from bot.commands import unlock
from bot.core.rollouts.holder import Holder
from bot.errors import ExitCode, PostgresError, UsageError
from bot.world import World
from tests.fakes import FakeCheckout, FakeDatabase, history, shown, world

DEAD = Holder(7, "migration-bot/staging/run 42", "app", state="idle", idle=90, query="COMMIT")
BUSY = Holder(8, "migration-bot/staging/run 43", "app", state="active", query="CREATE INDEX i")
STRANDED = Holder(9, "", "app", state="idle", idle=7200, query="SELECT ?")


def made(database: FakeDatabase) -> World:
    return world(FakeCheckout(history()), {"staging": database})


def words(given: World) -> str:
    """What is shown, without the ends of lines."""
    return " ".join(shown(given).split())


def test_with_nobody_holding_the_lock_there_is_nothing_to_do() -> None:
    given = made(FakeDatabase())

    assert unlock.run(given, "staging") is ExitCode.FINE
    assert words(given) == "Nobody holds the migration lock of staging."


def test_the_holder_is_shown_and_where_nobody_can_be_asked_nothing_is_ended() -> None:
    database = FakeDatabase(holders=[DEAD])
    given = made(database)

    with pytest.raises(UsageError, match="Nobody is here to agree") as error:
        unlock.run(given, "staging")

    assert "unlock staging --yes" in error.value.hint
    assert "run 42 (process 7, user app), idle for 90 s, last with COMMIT" in words(given)
    assert "only while its backup is taken" in words(given)
    assert database.diary == []


def test_one_that_is_idle_is_ended_and_what_comes_next_is_told() -> None:
    database = FakeDatabase(holders=[DEAD])
    given = made(database)

    assert unlock.run(given, "staging", yes=True) is ExitCode.FINE
    assert database.diary == ["terminate 7"]
    assert "`migration-bot apply staging` again: it goes on" in words(given)


def test_one_that_is_busy_is_cancelled_first_so_that_it_can_tidy_up() -> None:
    database = FakeDatabase(holders=[BUSY])

    unlock.run(made(database), "staging", yes=True)

    assert database.diary == ["cancel 8"]


def test_one_that_goes_on_after_a_cancel_is_ended() -> None:
    database = FakeDatabase(holders=[BUSY], ends_by=("terminate",))

    unlock.run(made(database), "staging", yes=True)

    assert database.diary == ["cancel 8", "terminate 8"]


def test_one_that_does_not_end_is_told_of() -> None:
    database = FakeDatabase(holders=[BUSY], ends_by=())

    with pytest.raises(PostgresError, match="Process 8 was told to end and still holds"):
        unlock.run(made(database), "staging", yes=True)


def test_a_lock_that_a_pooler_has_kept_is_recognised() -> None:
    database = FakeDatabase(holders=[STRANDED])
    given = made(database)

    unlock.run(given, "staging", yes=True)

    assert "a pooler had kept the lock" in words(given)
    assert "`migration-bot status staging` shows what that session has left" in words(given)


def test_two_that_share_the_lock_are_both_ended() -> None:
    database = FakeDatabase(holders=[DEAD, STRANDED])

    unlock.run(made(database), "staging", yes=True)

    assert database.diary == ["terminate 7", "terminate 9"]
    assert database.holders == []


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(UsageError, match="no target 'stagin'"):
        unlock.run(made(FakeDatabase()), "stagin")
