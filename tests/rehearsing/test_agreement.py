"""Where a prediction and a measurement differ, and what is not held against either."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.core.rehearsals.rehearsal import Measured, MeasuredLock
from bot.rehearsing.agreement import disagreements

S, AE, AS, RE = (
    LockMode.SHARE,
    LockMode.ACCESS_EXCLUSIVE,
    LockMode.ACCESS_SHARE,
    LockMode.ROW_EXCLUSIVE,
)
ORDERS = "public.orders"


def predicted(*locks: tuple[str, LockMode], **more: object) -> Effects:
    return replace(Effects(locks=tuple(Lock(*each) for each in locks)), **more)  # type: ignore[arg-type]


def seen(*locks: tuple[str, LockMode], **more: object) -> Measured:
    taken = tuple(MeasuredLock(*each) for each in locks)
    return replace(Measured(1.0, locks=taken), **more)  # type: ignore[arg-type]


def seen_index(relation: str, mode: LockMode) -> Measured:
    return Measured(1.0, locks=(MeasuredLock(relation, mode, index=True),))


def test_a_stronger_lock_than_predicted_is_said_in_a_sentence() -> None:
    assert disagreements(predicted((ORDERS, S)), seen((ORDERS, AE))) == (
        "predicted a ShareLock on public.orders, PostgreSQL took an AccessExclusiveLock",
    )


def test_a_lock_that_is_missing_and_one_that_is_too_many_are_said() -> None:
    assert disagreements(predicted((ORDERS, S)), seen(("public.t", AE))) == (
        "predicted a ShareLock on public.orders, PostgreSQL took none",
        "predicted no lock on public.t, PostgreSQL took an AccessExclusiveLock",
    )


@pytest.mark.parametrize("what", ["rewrites", "scans", "rebuilds", "loses", "misses"])
def test_work_that_differs_is_said_both_ways(what: str) -> None:
    does = {what: (ORDERS,)}
    assert len(disagreements(predicted(**does), seen())) == (what != "loses")
    assert len(disagreements(predicted(), seen(**does))) == 1


def test_what_is_lost_without_being_missed_was_emptied() -> None:
    emptied = predicted((ORDERS, AE), loses=(ORDERS,))
    measured = seen((ORDERS, AE), rewrites=(ORDERS,), rebuilds=("public.orders_pkey",))
    assert disagreements(emptied, measured) == ()
    dropped = predicted((ORDERS, AE), loses=(ORDERS,), misses=(ORDERS,))
    assert len(disagreements(dropped, seen((ORDERS, AE)))) == 2


def test_locks_on_indexes_count_only_where_they_were_predicted() -> None:
    index = "public.orders_pkey"
    assert disagreements(predicted(), seen_index(index, AE)) == ()
    assert len(disagreements(predicted((index, S)), seen_index(index, AE))) == 1
    assert len(disagreements(predicted((index, S)), seen())) == 1


def test_what_depends_on_rows_may_be_either_way() -> None:
    effects = predicted((ORDERS, RE), if_rows=(Lock(ORDERS, AE), Lock("public.t", S)))
    assert disagreements(effects, seen((ORDERS, RE))) == ()
    assert disagreements(effects, seen((ORDERS, AE), ("public.t", S))) == ()
    assert len(disagreements(effects, seen((ORDERS, S)))) == 1
    assert len(disagreements(effects, seen(("public.t", S)))) == 1


def test_code_may_leave_out_what_it_decides_about() -> None:
    effects = predicted((ORDERS, AE), conditional=True, rewrites=(ORDERS,))
    assert disagreements(effects, seen()) == ()
    assert len(disagreements(effects, seen(("public.t", AE)))) == 1


def test_what_no_text_tells_may_be_more() -> None:
    effects = predicted((ORDERS, S), understood=False)
    assert disagreements(effects, seen((ORDERS, AE), ("public.t", AE), scans=(ORDERS,))) == ()
    assert len(disagreements(effects, seen())) == 1


def test_a_sampled_lock_may_have_been_overlooked_and_none_was_made_up() -> None:
    effects = predicted((ORDERS, S), transactional=False)
    assert disagreements(effects, seen(sampled=True, transactional=False)) == ()
    measured = seen((ORDERS, AE), sampled=True, transactional=False)
    assert len(disagreements(effects, measured)) == 1


def test_one_of_several_tables_is_enough() -> None:
    either = seen(scans_of_one=(("public.a", "public.b"),))
    assert disagreements(predicted(scans=("public.b",)), either) == ()
    assert len(disagreements(predicted(), either)) == 2


def test_a_first_look_above_a_partition_is_not_held_against_anybody() -> None:
    effects = predicted(("public.part_1", RE))
    partition = MeasuredLock("public.part_1", RE)
    for mode, partitioned, agrees in ((AS, True, True), (AS, False, False), (RE, True, False)):
        above = MeasuredLock("public.part", mode, partitioned=partitioned)
        found = disagreements(effects, Measured(1.0, locks=(partition, above)))
        assert (found == ()) is agrees
    assert len(disagreements(predicted(), seen((ORDERS, AS)))) == 1


def test_a_scan_that_a_check_may_spare_may_be_either_way() -> None:
    effects = predicted(scans=(ORDERS, "public.t"), spared=(ORDERS,))
    assert disagreements(effects, seen(scans=("public.t",))) == ()
    assert disagreements(effects, seen(scans=(ORDERS, "public.t"))) == ()
    assert len(disagreements(effects, seen(scans=(ORDERS,)))) == 1


def test_temporary_and_internal_tables_are_left_out() -> None:
    measured = seen(("pg_temp_3.t", AE), ("pg_toast.pg_toast_1", AE), rewrites=("pg_temp_3.t",))
    assert disagreements(predicted(("pg_temp.t", AE)), measured) == ()


def test_a_transaction_that_was_thought_impossible_is_said() -> None:
    assert len(disagreements(predicted(transactional=False), seen())) == 1
    assert disagreements(predicted(), seen(transactional=False, sampled=True)) == ()


names = st.sampled_from(["public.a", "public.b", "pg_temp.c", 'other."d'])
sets = st.frozensets(names).map(lambda each: tuple(sorted(each)))
locks = st.dictionaries(names, st.sampled_from(list(LockMode)))


@given(locks, sets, sets, sets)
def test_what_is_as_predicted_agrees(
    taken: dict[str, LockMode], rewrites: tuple[str, ...], scans: tuple[str, ...], lost: tuple[str]
) -> None:
    work = {"rewrites": rewrites, "scans": scans, "loses": lost, "misses": lost}
    assert disagreements(predicted(*taken.items(), **work), seen(*taken.items(), **work)) == ()


@given(locks, locks, sets, sets)
def test_more_certainty_never_finds_less(
    expected: dict[str, LockMode],
    taken: dict[str, LockMode],
    rewrites: tuple[str, ...],
    done: tuple[str, ...],
) -> None:
    """What excuses excuses only: each line with an excuse is there without it, too."""
    effects = predicted(*expected.items(), rewrites=rewrites)
    measured = seen(*taken.items(), rewrites=done)
    whole = set(disagreements(effects, measured))
    for excused in (
        disagreements(replace(effects, conditional=True), measured),
        disagreements(replace(effects, understood=False), measured),
        disagreements(effects, replace(measured, sampled=True, transactional=False)),
    ):
        assert set(excused) <= whole
