"""The drill: a destructive migration is applied to a shop that goes on writing, is found out ten
minutes of writes later, and is taken back with what was kept. Nothing is lost, and the conflicts
are those that the shop's own log has.

Ten minutes are compressed: the writes of ten minutes, at twenty a second, as fast as they go.
"""

from dataclasses import replace

import pytest

from bot.adapters.postgres.target.opening import open_target
from bot.core.kept.kept import GivenBack
from bot.core.migrations.migration import Migration
from bot.core.targets.url import parse_url
from bot.flows.targets.rolling_back import order_back, rollback_for
from bot.rollout.procedure import roll_out
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
from tests.rollout.keeping.taking_back import MORE, more, record_of
from tests.rollout.real import STAGING, Rollout

TARGET = replace(STAGING, keep_rows=True)
TEN_MINUTES = 12_000
INIT = migration("20260101000000_init", SCHEMA)


@pytest.mark.slow
@pytest.mark.parametrize("writes", [1_500, pytest.param(TEN_MINUTES, marks=pytest.mark.soak)])
def test_a_destructive_migration_is_recovered_by_kept_data(database: str, writes: int) -> None:
    destructive = replace(more(DESTROYS), down=DOWN)
    Rollout(database, (INIT,), TARGET).run()
    shop = Shop(database, MORE)
    with shop:
        shop.wait_for(300, phase=0)
        Rollout(database, (INIT, destructive), TARGET).run()
        shop.wait_for(writes, phase=1)
        said = roll_back(database, INIT, destructive)
        shop.wait_for(200, phase=2)

    given, log = given_back(database), shop.log()
    assert holds(database) == must_hold(log)
    assert told(given) == must_be_told(log)
    assert all(str(each) in said for each in given.conflicts)
    new = ask(database, "INSERT INTO coupon (code) VALUES ('new') RETURNING id")
    assert new == [(COUPONS + 1,)]
    print(f"{shop.writes(1):,} writes since, {given.rows:,} rows given back, {told(given)}")


def roll_back(database: str, *migrations: Migration) -> str:
    """By the last one's own script; what is said meanwhile."""
    rollout = Rollout(database, migrations, TARGET)
    made = rollout.world()
    rollback = rollback_for(TARGET, made, to=None, steps=1)
    roll_out(order_back(rollback, made, expect_digest=None), made)
    return rollout.said


def given_back(database: str) -> GivenBack:
    with open_target(TARGET, parse_url(database)) as opened:
        return opened.given_back(record_of(database, MORE))


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
