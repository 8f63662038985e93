"""Which table is filled first, and how much each gets."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.postgres.rehearsal.rows.order import LEAST_ROWS, in_order, row_bytes, shares
from bot.adapters.postgres.rehearsal.rows.tables import Column, Index, Reference, Table
from bot.core.rehearsals.sizes import RelationSize, Sizes
from tests.fakes import NOON


def table(oid: int, *parents: int, nullable: bool = False) -> Table:
    """With a column for each of its parents."""
    columns = tuple(
        Column(number, f"c{parent}", 23, -1, not nullable, None)
        for number, parent in enumerate(parents, start=1)
    )
    references = tuple(
        Reference(f"to_{each}", each, f"t{each}", (f"c{each}",), ("id",), False) for each in parents
    )
    return Table(oid, "public", f"t{oid}", False, (), columns, (), (), references, ())


def turns(*tables: Table) -> list[tuple[int, set[str]]]:
    return [(each.table.oid, {*each.broken}) for each in in_order(tables)]


def test_parents_come_first() -> None:
    assert turns(table(1, 2), table(2, 3), table(3)) == [(3, set()), (2, set()), (1, set())]


def test_a_table_is_no_parent_of_itself() -> None:
    assert turns(table(1, 1)) == [(1, set())]


def test_a_circle_is_opened_where_a_null_may_be() -> None:
    assert turns(table(1, 2), table(2, 1, nullable=True)) == [(2, {"to_1"}), (1, set())]


def test_a_circle_without_nulls_holds_up_only_itself() -> None:
    found = turns(table(5, 4), table(4, 3), table(3, 2), table(2, 3), table(1))

    assert [oid for oid, _ in found] == [1, 3, 4, 5, 2]
    assert found[1] == (3, {"to_2"})


def test_what_is_not_among_the_tables_keeps_nobody_waiting() -> None:
    assert turns(table(1, 99)) == [(1, set())]


@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=10), st.booleans())
def test_every_table_has_one_turn(parents: list[list[int]], nullable: bool) -> None:
    tables = [
        table(oid, *dict.fromkeys(each), nullable=nullable) for oid, each in enumerate(parents)
    ]

    found = in_order(tables)

    assert sorted(each.table.oid for each in found) == list(range(len(tables)))
    done = set[int]()
    for turn in found:
        known = {each.oid for each in tables} - {turn.table.oid} - done
        waiting = {each.name for each in turn.table.references if each.parent in known}
        assert waiting <= turn.broken
        done.add(turn.table.oid)


COUNTS = st.integers(0, 10**12)


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=8), st.integers(0, 10**9))
def test_shares_stay_within_the_target_and_near_the_budget(
    known: list[tuple[int, int]], budget: int
) -> None:
    tables = [table(oid) for oid, _ in enumerate(known)]
    relations = tuple(
        RelationSize(f"public.t{oid}", bytes=size, heap=size, rows=rows)
        for oid, (rows, size) in enumerate(known)
    )

    found = shares(tables, budget, Sizes("production", NOON, 16, relations))

    assert sum(each.bytes for each in found.values()) <= 1.5 * budget + len(known)
    for oid, (rows, _) in enumerate(known):
        made = found[oid].rows_of(100.0)
        assert min(rows, LEAST_ROWS) <= made <= rows


def test_without_sizes_the_budget_is_shared_out_evenly() -> None:
    found = shares([table(1), table(2)], 1_000_000, None)

    assert [each.bytes for each in found.values()] == [500_000, 500_000]
    assert found[1].rows_of(100.0) == 5000
    assert found[1].rows_of(1_000_000.0) == LEAST_ROWS
    assert shares([], 1_000_000, None) == {}


def test_an_index_makes_a_row_cost_more() -> None:
    bare = table(1, 2)
    widths = {"c2": 4}
    costs = [
        row_bytes(replace(bare, indexes=(Index(method, ("c2", None)),)), widths)
        for method in ("brin", "btree", "gin")
    ]

    assert row_bytes(bare, widths) < costs[0] < costs[1] < costs[2]
