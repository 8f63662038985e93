"""The order of events of a restore, on a server that keeps a diary."""

from dataclasses import replace

import pytest

from bot.core.restores.outcome import Step
from bot.core.restores.plan import How
from bot.errors import BackupError, HistoryError, PostgresError
from bot.restoring.planning import plan_restore
from bot.restoring.procedure import restore
from tests.fakes import FakeConsole
from tests.restoring.fakes import MORE, PUT, SAVED, SCENE, STAGING, FakeSite, Night, order


def test_everything_is_locked_and_backed_up_before_anything_is_put() -> None:
    night, steps = Night(), list[Step]()
    wanted = order(heard=steps.append)
    plan = plan_restore(wanted, night.world)
    night.diary.clear()

    restored = restore(wanted, plan, night.world)

    assert night.diary == [
        f"open {SAVED.id}",
        "open production",
        "lock",
        "backup",
        "sweep",
        f"put {SAVED.id} by swap",
        "unlock",
        "close production",
        f"close {SAVED.id}",
    ]
    assert steps == [Step.LOCKED, Step.BACKED_UP, Step.SWEPT, Step.DONE, Step.VERIFIED]
    assert restored.put is PUT
    assert restored.backup is not None
    assert (restored.pending, restored.problems) == ((MORE.name,), ())


def test_a_plan_touches_nothing() -> None:
    night = Night()

    plan = plan_restore(order(), night.world)

    assert night.diary == ["open production", "close production"]
    assert (plan.how, plan.loss.migrations) == (How.SWAP, (MORE.name,))


def test_subscriptions_are_told_where_the_database_is_swapped() -> None:
    night = Night(FakeSite([], replace(SCENE, subscriptions=("orders",))))

    swapped = plan_restore(order(), night.world).notes
    loaded = plan_restore(order(how=How.LOAD), night.world).notes

    assert any('ALTER SUBSCRIPTION "orders" DISABLE;' in each for each in swapped)
    assert not any("SUBSCRIPTION" in each for each in loaded)


def test_without_a_backup_none_is_taken() -> None:
    night = Night()
    wanted = order(without_backup="the disk is broken")

    restored = restore(wanted, plan_restore(wanted, night.world), night.world)

    assert "backup" not in night.diary
    assert restored.backup is None


def test_of_what_is_not_there_no_backup_is_taken() -> None:
    night = Night(FakeSite([], replace(SCENE, there=False, tables=None, applied=None)))

    restored = restore(order(), plan_restore(order(), night.world), night.world)

    assert "backup" not in night.diary
    assert restored.pending == ()


def test_what_cannot_be_backed_up_is_not_restored() -> None:
    night = Night(backup_error=BackupError("No room.", hint="Make some."))
    plan = plan_restore(order(), night.world)

    with pytest.raises(BackupError, match="so nothing was restored: No room") as refused:
        restore(order(), plan, night.world)

    assert "--without-backup" in refused.value.hint
    assert not any(each.startswith("put") for each in night.diary)


def test_leftovers_are_told() -> None:
    night = Night(FakeSite([], left=("shop_migration_bot_restore_1",)))
    given = night.world

    restored = restore(order(), plan_restore(order(), given), given)

    assert restored.swept == ("shop_migration_bot_restore_1",)
    assert isinstance(given.console, FakeConsole)
    assert any("removed shop_migration_bot_restore_1" in each for each in given.console.said)


def test_another_backup_under_the_same_name_is_not_the_one_that_was_agreed_to() -> None:
    night = Night()
    plan = plan_restore(order(), night.world)
    forged = replace(night, saved=replace(SAVED, size=SAVED.size + 1))

    with pytest.raises(HistoryError, match="no longer as it was"):
        restore(order(), plan, forged.world)
    assert f"open {SAVED.id}" not in forged.diary


def test_what_changed_since_it_was_agreed_to_is_not_done() -> None:
    night = Night()
    plan = plan_restore(order(), night.world)
    night.site.seen = replace(SCENE, may_not_swap="it may not")

    with pytest.raises(HistoryError, match="no longer as it was"):
        restore(order(), plan, night.world)

    assert not any(each.startswith(("put", "backup")) for each in night.diary)


def test_another_history_afterwards_is_a_problem_that_is_told() -> None:
    night = Night(saved=replace(SAVED, migration_head="20270101000000_other"))

    restored = restore(order(), plan_restore(order(), night.world), night.world)

    (problem,) = restored.problems
    assert "not 20270101000000_other" in problem


def test_a_target_that_does_not_answer_afterwards_is_restored_all_the_same() -> None:
    night = Night()
    given = replace(night.world, connect=_nobody)

    restored = restore(order(), plan_restore(order(), given), given)

    assert restored.problems == ("It could not be looked at: Nobody answers.",)
    assert restored.pending == (MORE.name,)


def _nobody(target: object):  # type: ignore[no-untyped-def]
    raise PostgresError("Nobody answers.", hint="")


def test_into_another_target_it_is_that_one_that_is_opened_and_backed_up() -> None:
    night = Night(FakeSite([], replace(SCENE, database="other", system_identifier="9")))
    wanted = order(target=STAGING)

    plan = plan_restore(wanted, night.world)

    assert (plan.source, plan.target, plan.elsewhere) == ("production", "staging", True)
    assert night.diary[0] == "open staging"
