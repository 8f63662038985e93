"""Changes in batches on real servers: what they leave is what the plain statement leaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres.target.opening import open_target
from bot.core.migration import Migration
from bot.core.settings import default_targets
from bot.core.target import Target
from bot.core.url import parse_url
from bot.errors import HistoryError, PostgresError, UsageError
from bot.flows.rollout import order_for
from bot.rollout.procedure import roll_out
from bot.world import Database, World
from tests.fakes import FakeCheckout, FakeConsole, history, migration, world

STAGING = default_targets()["staging"]
INIT = migration(
    "20260101000000_init",
    "CREATE TABLE a (id int PRIMARY KEY, n int, note text);\n"
    "INSERT INTO a SELECT i, i % 5, 'x' FROM generate_series(1, 100) AS i;",
)
BATCH = "-- migration-bot: batch size=7\n"
Apply = Callable[..., FakeConsole]


@pytest.fixture
def apply(database: str) -> Apply:
    @contextmanager
    def connect(target: Target) -> Iterator[Database]:
        with open_target(target, parse_url(database)) as opened:
            yield opened

    def apply(*migrations: Migration, **target: object) -> FakeConsole:
        console = FakeConsole()
        made: World = world(FakeCheckout(history(*migrations)))
        staging = replace(STAGING, **target)  # type: ignore[arg-type]
        real = replace(made, connect=connect, console=console)
        roll_out(order_for(staging, real), real)
        return console

    return apply


def ask(database: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def more(sql: str) -> Migration:
    return migration("20260102000000_more", BATCH + sql)


def test_an_update_goes_row_by_row_once_though_its_condition_reads_what_it_sets(
    apply: Apply, database: str
) -> None:
    console = apply(INIT, more("UPDATE a SET n = n + 1 WHERE n < 4;"))

    assert ask(database, "SELECT sum(n), max(n) FROM a") == [(4 * 20 + 200, 4)]
    assert ask(
        database, "SELECT finished_at IS NOT NULL, applied_steps_count, logs "
        "FROM _prisma_migrations ORDER BY started_at DESC LIMIT 1"
    ) == [(True, 1, None)]  # fmt: skip
    assert "20260102000000_more, line 2: 80 rows changed in this run" in console.said
    assert ask(database, "SELECT count(DISTINCT xmin) FROM a WHERE n > 0") == [(12 + 0,)]
