"""What a restore does not begin with."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.restores.plan import How
from bot.core.targets.server import ServerFacts
from bot.errors import BackupError, BotError, PostgresError, UsageError
from bot.restoring.planning import plan_restore
from tests.restoring.fakes import SAVED, SCENE, STAGING, FakeSite, Night, order

MANIFESTS: dict[str, dict[str, Any]] = {
    "is of the target staging": {"target": "staging"},
    "is of the database other": {"database": "other"},
    "is of another server": {"system_identifier": "8"},
    "is of PostgreSQL 19, and the server of production is older": {"server_version": "19.0"},
    "lacks roles that own or may use what is in the backup: dba": {"roles": ("app", "dba")},
    "has the rows of 1 table only": {"touched": ("public.orders",)},
    "is no dump of one database": {"format": "basebackup, tar"},
}


@pytest.mark.parametrize("said", MANIFESTS)
def test_a_backup_that_is_not_the_right_one(said: str) -> None:
    night = Night(saved=replace(SAVED, **MANIFESTS[said]))

    with pytest.raises(BackupError, match=said) as refused:
        plan_restore(order(), night.world)

    assert refused.value.hint


@pytest.mark.parametrize("changed", [{"database": "other"}, {"system_identifier": "8"}])
def test_one_of_another_database_if_that_is_meant(changed: dict[str, Any]) -> None:
    night = Night(saved=replace(SAVED, **changed))

    assert plan_restore(order(of_another=True), night.world).how is How.SWAP
    assert plan_restore(order(target=STAGING), night.world).elsewhere


def test_a_server_that_does_not_say_which_it_is_is_not_another() -> None:
    night = Night(FakeSite([], replace(SCENE, system_identifier="")))

    assert plan_restore(order(), night.world)


def test_without_owners_no_role_is_asked_for() -> None:
    night = Night(saved=replace(SAVED, roles=("dba",)))

    plan = plan_restore(order(owners=False), night.world)

    assert any("will belong to owner" in each for each in plan.notes)


SCENES: dict[str, tuple[dict[str, Any], How | None]] = {
    "cannot change places with a restored one: r may not": (
        {"may_not_swap": "r may not"},
        How.SWAP,
    ),
    "has prepared transactions": ({"prepared": ("gid",)}, None),
    "may not end the sessions of root": ({"cannot_end": ("root",)}, None),
    "There is no database shop to load into": ({"there": False, "tables": None}, How.LOAD),
    "cannot empty shop in one transaction": ({"cannot_load": ("table t of x",)}, How.LOAD),
    "be read, and so not be backed up": ({"tables": None, "problem": "It is torn."}, None),
}


@pytest.mark.parametrize("said", SCENES)
def test_a_server_that_cannot_take_it(said: str) -> None:
    changed, how = SCENES[said]
    night = Night(FakeSite([], replace(SCENE, **changed)))

    with pytest.raises(BotError, match=said) as refused:
        plan_restore(order(how=how), night.world)

    assert isinstance(refused.value, PostgresError | UsageError)
    assert refused.value.hint


def test_a_role_that_may_not_make_databases_loads() -> None:
    night = Night(FakeSite([], replace(SCENE, may_not_swap="r may not create databases")))

    plan = plan_restore(order(), night.world)

    assert plan.how is How.LOAD
    assert any("r may not create databases" in each for each in plan.notes)
    assert any("is lost: stop whoever writes" in each for each in plan.notes)


def test_a_role_that_may_neither_is_told_of_the_better_way() -> None:
    scene = replace(SCENE, may_not_swap="r may not", cannot_load=("table t of x",))

    with pytest.raises(PostgresError, match="cannot change places"):
        plan_restore(order(), Night(FakeSite([], scene)).world)


def test_what_cannot_be_read_is_restored_for_a_reason() -> None:
    scene = replace(SCENE, tables=None, applied=None, problem="It is torn.")

    plan = plan_restore(order(without_backup="torn"), Night(FakeSite([], scene)).world)

    assert (plan.loss.tables, plan.loss.migrations) == (None, None)
    assert "It is torn" in " ".join(plan.notes)


def test_a_standby_is_nothing_to_restore_into() -> None:
    facts = ServerFacts("18.1", 18, "shop", read_only=True, in_recovery=True)

    with pytest.raises(PostgresError, match="leads to a standby"):
        plan_restore(order(), Night(FakeSite([], known=facts)).world)


def test_a_database_that_is_not_the_targets_is_refused_before_all_else() -> None:
    facts = ServerFacts("18.1", 18, "shop", read_only=False, in_recovery=False)

    def refuse(found: ServerFacts) -> None:
        raise UsageError("not pinned", hint="")

    with pytest.raises(UsageError, match="not pinned"):
        plan_restore(order(require=refuse), Night(FakeSite([], known=facts)).world)
