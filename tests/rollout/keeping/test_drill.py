"""The drill: a destructive migration is applied to a shop that goes on writing, is found out ten
minutes of writes later, and is taken back with what was kept. Nothing is lost, and the conflicts
are those that the shop's own log has.

Ten minutes are compressed: the writes of ten minutes, at twenty a second, as fast as they go.
"""

import pytest

from bot.core.kept.kept import GivenBack
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.keeping.shop import (
    COUPONS,
    CUSTOMERS,
    DESTROYS,
    DOWN,
    EVENTS,
    ORDERS,
    SCHEMA,
    Log,
    Shop,
)
from tests.rollout.keeping.taking_back import KEEP, MORE, more, take_back
from tests.rollout.real import Apply

TEN_MINUTES = 12_000
INIT = migration("20260101000000_init", SCHEMA)
ROLLED_BACK = (
    f"UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '{MORE}'"
)


@pytest.mark.slow
@pytest.mark.parametrize("writes", [1_500, pytest.param(TEN_MINUTES, marks=pytest.mark.soak)])
def test_a_destructive_migration_is_recovered_by_kept_data(
    apply: Apply, database: str, writes: int
) -> None:
    apply(INIT, **KEEP)
    shop = Shop(database, MORE)
    with shop:
        shop.wait_for(300, phase=0)
        apply(INIT, more(DESTROYS), **KEEP)
        shop.wait_for(writes, phase=1)
        given = take_back(database, MORE, *DOWN, ROLLED_BACK)
        shop.wait_for(200, phase=2)

    log = shop.log()
    assert holds(database) == must_hold(log)
    assert told(given) == must_be_told(log)
    assert ask(database, "INSERT INTO coupon (code) VALUES ('new') RETURNING id") == [
        (COUPONS + 1,)
    ]
    print(f"{shop.writes(1):,} writes since, {given.rows:,} rows given back, {told(given)}")


def holds(database: str) -> dict[str, dict[object, object]]:
    return {
        what: dict(ask(database, f"SELECT id, {what} FROM {table}"))
        for what, table in (
            ("note", "customer"), ("status", "orders"), ("body", "event"), ("uses", "coupon"),
        )
    }  # fmt: skip


def must_hold(log: Log) -> dict[str, dict[object, object]]:
    orders = {*range(1, ORDERS + 1), *log.ids("status")}
    events = set(range(1, EVENTS + 1)) - without_visitor(log)
    return {
        "note": {id: log.value("note", id, "note 0") for id in range(1, CUSTOMERS + 1)},
        "status": {id: log.value("status", id, "new") for id in orders},
        "body": {id: log.value("body", id, "body 0") for id in events},
        "uses": {id: log.value("uses", id, 0) for id in range(1, COUPONS + 1)},
    }


def without_visitor(log: Log) -> set[int]:
    """Events whose visitor has left meanwhile."""
    return {id for id in range(1, EVENTS + 1) if id % 40 in log.since("visitor")}


def told(given: GivenBack) -> dict[str, int]:
    """By what happened: a key that is taken in the very moment is a unique value that is."""
    found = {"written": 0, "there again": 0, "pointing": 0}
    words = {
        "it was written since": "written",
        "its key is there again": "there again",
        "another row has a unique value of it": "there again",
        "what it points to is not there": "pointing",
    }
    for each in given.conflicts:
        found[words[each.why]] += each.rows
    return found


def must_be_told(log: Log) -> dict[str, int]:
    old = {id for id in log.since("status") if id <= ORDERS and id % 100 < 50}
    again = {id for id in log.since("body") if id % 2 == 0}
    return {
        "written": len(old),
        "there again": len(again),
        "pointing": len(without_visitor(log)),
    }
