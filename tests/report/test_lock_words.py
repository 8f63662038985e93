"""Who waits behind a lock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import MeasuredLock
from bot.report.lock_words import (
    QUERIES,
    felt,
    lock_words,
    named,
    queries_behind,
    strongest,
    told,
    waiting,
    who_waits,
)

EXCLUSIVE, SHARE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE


def test_behind_a_share_lock_writes_wait_and_other_builds_do_not() -> None:
    behind = queries_behind(SHARE)
    assert "INSERT, UPDATE and DELETE" in behind
    assert "VACUUM and ANALYZE" in behind
    assert not {"SELECT", "SELECT FOR UPDATE", "CREATE INDEX"} & set(behind)


def test_behind_the_strongest_lock_everything_waits() -> None:
    assert queries_behind(EXCLUSIVE) == tuple(words for words, _ in QUERIES)


@pytest.mark.parametrize("mode", LockMode)
def test_most_ddl_waits_behind_every_lock(mode: LockMode) -> None:
    assert "ALTER TABLE and other DDL" in queries_behind(mode)


@given(st.sampled_from(LockMode))
def test_the_few_words_agree_with_the_many(mode: LockMode) -> None:
    few, many = who_waits(MeasuredLock("a.b", mode)), queries_behind(mode)
    assert ("reads" in few) == ("SELECT" in many)
    assert ("writes" in few) == ("INSERT, UPDATE and DELETE" in many)
    assert ("VACUUM" in few) <= ("VACUUM and ANALYZE" in many)
    assert felt(MeasuredLock("a.b", mode)) == ("writes" in few)


def test_nobody_waits_for_what_nobody_else_can_see() -> None:
    lock = MeasuredLock("public.fresh", EXCLUSIVE, new=True)
    assert waiting(lock) == ()
    assert not felt(lock)
    assert lock_words(lock) == "AccessExclusiveLock on fresh: nobody waits, it is new"


def test_the_strongest_lock_is_the_one_that_others_feel() -> None:
    fresh = MeasuredLock("public.fresh", EXCLUSIVE, new=True)
    share = MeasuredLock("public.orders", SHARE)
    assert strongest((fresh, share)) == share
    assert strongest(()) is None


def test_a_table_speaks_for_its_index() -> None:
    table = MeasuredLock("public.orders", EXCLUSIVE)
    index = MeasuredLock("public.orders_idx", EXCLUSIVE, index=True)
    assert told((index, table)) == (table,)
    assert told((index,), before=(table,)) == ()


def test_an_index_is_told_of_where_its_table_is_locked_less() -> None:
    """REINDEX: the table can be read, but not through this index."""
    table = MeasuredLock("public.orders", SHARE)
    index = MeasuredLock("public.orders_idx", EXCLUSIVE, index=True)
    assert told((index, table)) == (index, table)


def test_a_name_stays_on_one_line() -> None:
    assert named("public.a\nb\x1b[2J") == "a b⟦U+001B⟧[2J"
    assert named("billing.payments") == "billing.payments"
