"""Estimates: what was measured here, carried over to the sizes of a target."""

from dataclasses import replace
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.findings.review import JudgedStatement
from bot.core.migrations.effects import Effects, LockMode
from bot.core.migrations.statement import Position, Statement
from bot.core.rehearsals.rehearsal import Estimate, Measured, MeasuredLock, TouchedRows
from bot.core.rehearsals.sizes import RelationKind, RelationSize, Sizes
from bot.rehearsing.estimates import LEAST_BYTES, estimates_of
from tests.fakes import NOON

MEGA = 1_000_000
ORDERS, USERS = "public.orders", "public.users"
EXCLUSIVE, SHARE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE


def size(
    relation: str = ORDERS, *, heap: int = 10 * MEGA, indexes: int = 2 * MEGA, rows: int = 1000
) -> RelationSize:
    return RelationSize(relation, bytes=heap + indexes, heap=heap, indexes=indexes, rows=rows)


def larger(given: RelationSize, times: int) -> RelationSize:
    return replace(
        given,
        bytes=given.bytes * times,
        heap=given.heap * times,
        indexes=given.indexes * times,
        rows=None if given.rows is None else given.rows * times,
    )


def production(*relations: RelationSize) -> Sizes:
    return Sizes("production", NOON, 16, relations)


def statement(index: int = 0, node: str = "AlterTableStmt") -> JudgedStatement:
    place = Position(1, 1)
    made = Statement(index, "…", place, place, "…", node, {})
    return JudgedStatement(made, Effects())


def lock(relation: str, mode: LockMode, **more: bool) -> MeasuredLock:
    return MeasuredLock(relation, mode, **more)


SCAN = Measured(100.0, scans=(ORDERS,), locks=(lock(ORDERS, EXCLUSIVE),))
REWRITE = Measured(100.0, rewrites=(ORDERS,), locks=(lock(ORDERS, EXCLUSIVE),))
INDEX = Measured(100.0, indexes=("public.i",), locks=(lock(ORDERS, SHARE),))
UPDATE = Measured(100.0, rows=(TouchedRows(ORDERS, updated=500),))
CATALOGUE = Measured(100.0, locks=(lock(ORDERS, EXCLUSIVE),))


def only(
    measured: Measured, here: RelationSize | None = None, there: RelationSize | None = None
) -> Estimate:
    here = here or size()
    there = there or larger(here, 10)
    (found,) = estimates_of([(statement(), measured)], [here], production(there))
    return found


def none_for(measured: Measured, here: RelationSize, *there: RelationSize) -> bool:
    return estimates_of([(statement(), measured)], [here], production(*there)) == ()


def test_a_scan_grows_with_the_heap() -> None:
    found = only(SCAN)

    assert (found.unit, found.measured_units, found.target_units) == ("bytes", 10**7, 10**8)
    assert found.least_ms == pytest.approx(0.7 * 1000)
    assert found.most_ms == pytest.approx(2 * 1000 + 100 * MEGA / 300 / MEGA * 1000)
    assert (found.relation, found.target) == (ORDERS, "production")


def test_a_rewrite_grows_with_the_heap_and_the_indexes() -> None:
    found = only(REWRITE)

    assert (found.measured_units, found.target_units) == (12 * MEGA, 120 * MEGA)
    assert found.read_bytes == 100 * MEGA


def test_an_index_grows_with_the_rows_as_sorting_does() -> None:
    found = only(INDEX)

    assert (found.unit, found.measured_units, found.target_units) == ("rows", 1000, 10_000)
    assert found.least_ms == pytest.approx(0.7 * 100 * 10 * log2(10_000) / log2(1000))
    assert found.sorts


def test_an_index_grows_with_the_heap_where_nobody_knows_the_rows() -> None:
    found = only(INDEX, there=replace(larger(size(), 10), rows=None))

    assert (found.unit, found.target_units, found.sorts) == ("bytes", 100 * MEGA, False)


def test_a_change_of_rows_grows_with_how_many_they_are() -> None:
    found = only(UPDATE)

    assert (found.unit, found.measured_units, found.target_units) == ("rows", 500, 5000)
    assert found.most_ms == pytest.approx(2000 + 333.3, abs=0.1)


def test_a_change_of_particular_rows_has_no_estimate() -> None:
    few = Measured(100.0, rows=(TouchedRows(ORDERS, updated=1, inserted=900),))

    assert none_for(few, size(), larger(size(), 10))


def test_what_only_changes_the_catalogue_has_no_estimate() -> None:
    assert none_for(CATALOGUE, size(), larger(size(), 10))


def test_a_table_that_is_too_small_here_has_no_estimate() -> None:
    here = size(heap=LEAST_BYTES - 1)

    assert none_for(SCAN, here, larger(here, 10))
    assert not none_for(SCAN, size(heap=LEAST_BYTES), larger(here, 10))


def test_a_table_that_the_target_does_not_know_has_no_estimate() -> None:
    assert none_for(SCAN, size())
    assert none_for(REWRITE, size(), size(USERS))
    assert none_for(replace(SCAN, scans=(ORDERS, USERS)), size(), larger(size(), 10))


def test_two_tables_count_together_under_the_name_of_the_greater() -> None:
    both = replace(SCAN, scans=(ORDERS, USERS))
    here = [size(), size(USERS, heap=5 * MEGA)]
    there = production(larger(here[0], 2), larger(here[1], 100))

    (found,) = estimates_of([(statement(), both)], here, there)

    assert found.relation == USERS
    assert (found.measured_units, found.target_units) == (15 * MEGA, 520 * MEGA)


def test_partitions_count_once() -> None:
    log = replace(size("public.log"), kind=RelationKind.PARTITIONED)
    part = replace(size("public.log_1"), partition_of="public.log")
    measured = Measured(100.0, scans=("public.log", "public.log_1"))

    (found,) = estimates_of([(statement(), measured)], [log, part], production(larger(log, 10)))

    assert (found.relation, found.measured_units) == ("public.log", 10 * MEGA)


def test_partitions_that_name_each_other_are_no_endless_way() -> None:
    one = replace(size("public.a"), partition_of="public.b")
    other = replace(size("public.b"), partition_of="public.a")

    assert none_for(Measured(1.0, scans=("public.a",)), one, other) is True


def test_a_lock_is_held_from_its_statement_to_the_end_of_the_transaction() -> None:
    pairs = [
        (statement(0), CATALOGUE),
        (statement(1), replace(SCAN, locks=())),
        (statement(2), replace(CATALOGUE, duration_ms=7.0, locks=())),
    ]

    (found,) = estimates_of(pairs, [size()], production(larger(size(), 10)))

    assert found.lock is EXCLUSIVE
    assert found.locked == ""
    assert found.held_ms == pytest.approx(100 + found.most_ms + 7)


def test_a_transaction_ends_where_a_statement_wants_none_or_commits() -> None:
    alone = replace(INDEX, transactional=False, locks=(lock(ORDERS, SHARE),))
    pairs = [
        (statement(0), CATALOGUE),
        (statement(1, "TransactionStmt"), Measured(1.0)),
        (statement(2), replace(SCAN, locks=())),
        (statement(3), alone),
    ]

    first, second = estimates_of(pairs, [size()], production(larger(size(), 10)))

    assert (first.lock, first.held_ms) == (None, 0.0)
    assert (second.lock, second.held_ms) == (SHARE, second.most_ms)


def test_a_lock_on_another_table_is_named_where_ours_blocks_nobody() -> None:
    elsewhere = replace(CATALOGUE, locks=(lock(USERS, EXCLUSIVE),))
    weak = replace(UPDATE, locks=(lock(ORDERS, LockMode.ROW_EXCLUSIVE),))
    pairs = [(statement(0), elsewhere), (statement(1), weak)]

    (found,) = estimates_of(pairs, [size()], production(larger(size(), 10)))

    assert (found.lock, found.locked) == (EXCLUSIVE, USERS)
    assert found.held_ms == pytest.approx(100 + found.most_ms)


def test_locks_on_what_nobody_else_sees_do_not_count() -> None:
    unseen = (lock(ORDERS, EXCLUSIVE, new=True), lock("public.i", EXCLUSIVE, index=True))

    assert only(replace(SCAN, locks=unseen)).lock is None


COUNTS = st.integers(0, 10**13)
SIZES = st.builds(
    lambda heap, indexes, rows: RelationSize(
        ORDERS, bytes=heap + indexes, heap=heap, indexes=indexes, rows=rows
    ),
    COUNTS,
    COUNTS,
    COUNTS | st.none(),
)
MEASUREMENTS = st.builds(
    Measured,
    st.floats(0, 1e7),
    locks=st.lists(
        st.builds(MeasuredLock, st.sampled_from([ORDERS, USERS]), st.sampled_from(LockMode)),
        max_size=3,
    ).map(tuple),
    rewrites=st.sampled_from([(), (ORDERS,)]),
    scans=st.sampled_from([(), (ORDERS,)]),
    indexes=st.sampled_from([(), ("public.i",)]),
    rows=st.lists(st.builds(TouchedRows, st.just(ORDERS), COUNTS, COUNTS, COUNTS), max_size=1).map(
        tuple
    ),
)


@given(MEASUREMENTS, SIZES, SIZES)
def test_any_estimate_can_be_reckoned_from_its_fields_and_is_never_negative(
    measured: Measured, here: RelationSize, there: RelationSize
) -> None:
    for each in estimates_of([(statement(), measured)], [here], production(there)):
        times = each.target_units / each.measured_units
        if each.sorts and each.target_units:
            times *= log2(max(2, each.target_units)) / log2(max(2, each.measured_units))
        read = each.read_bytes / 300_000_000 * 1000
        assert each.least_ms == pytest.approx(0.7 * each.measured_ms * times)
        assert each.most_ms == pytest.approx(2 * each.measured_ms * times + read)
        assert 0 <= each.least_ms <= each.most_ms
        assert each.held_ms >= 0
        assert each.lock is None or each.held_ms >= each.most_ms


@given(MEASUREMENTS, SIZES, SIZES, st.integers(1, 1000))
def test_a_larger_target_never_takes_less(
    measured: Measured, here: RelationSize, there: RelationSize, times: int
) -> None:
    pairs = [(statement(), measured)]
    small = estimates_of(pairs, [here], production(there))
    large = estimates_of(pairs, [here], production(larger(there, times)))

    assert len(small) == len(large)
    for less, more in zip(small, large, strict=True):
        assert less.least_ms <= more.least_ms
        assert less.most_ms <= more.most_ms
        assert less.held_ms <= more.held_ms


@given(MEASUREMENTS, SIZES)
def test_nothing_is_said_of_a_target_that_knows_no_table(
    measured: Measured, here: RelationSize
) -> None:
    assert estimates_of([(statement(), measured)], [here], production(size(USERS))) == ()
