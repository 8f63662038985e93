"""The backup of a rollout: of what, and whether it is enough."""

from dataclasses import replace

import pytest

from bot.core.backups.level import Level
from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.core.migrations.statement import Position, Statement
from bot.core.settings import default_targets
from bot.errors import GateClosed
from bot.rollout.backing_up import back_up, touched_by
from tests.fakes import FakeCheckout, history, migration, world

PLACE = Position(1, 1)
_, STAGING, PRODUCTION = default_targets().values()


def judged(*effects: Effects) -> list[JudgedMigration]:
    statement = Statement(0, "SELECT 1", PLACE, PLACE, "SELECT", "SelectStmt", {})
    statements = tuple(JudgedStatement(statement, each) for each in effects)
    return [JudgedMigration(migration("20260101000000_init", "SELECT 1"), statements)]


def test_a_plan_touches_what_it_writes_to_and_what_was_there_before() -> None:
    effects = Effects(
        locks=(
            Lock("public.orders", LockMode.ACCESS_EXCLUSIVE),
            Lock("public.read", LockMode.ACCESS_SHARE),
            Lock("public.made", LockMode.ACCESS_EXCLUSIVE, new=True),
        ),
        if_rows=(Lock("other.items", LockMode.ROW_EXCLUSIVE),),
    )
    assert touched_by(judged(effects), "public") == frozenset({"public.orders", "other.items"})
    assert touched_by(judged(effects), "shop") == frozenset({"shop.orders", "other.items"})


def test_nobody_knows_what_a_text_touches_that_does_not_say_what_it_does() -> None:
    known = Effects(locks=(Lock("public.orders", LockMode.ACCESS_EXCLUSIVE),))
    assert touched_by(judged(known, Effects(understood=False)), "public") is None


def test_none_is_taken_where_none_is_asked_for() -> None:
    fake = world(FakeCheckout(history()))
    assert back_up(STAGING, [], "public", fake) is None


def test_a_backup_that_is_proved_to_less_than_is_asked_for_ends_the_rollout() -> None:
    fake = world(FakeCheckout(history()))
    taken = back_up(PRODUCTION, [], "public", fake)
    assert taken is not None
    assert taken.level is Level.RESTORE
    asks = replace(PRODUCTION, backup=replace(PRODUCTION.backup, level=Level.CONTENT))
    with pytest.raises(GateClosed, match="production asks for restoring it and comparing the rows"):
        back_up(asks, [], "public", fake)
