"""Migrations whose kept rows are given back, in the one transaction that a rollback is."""

from collections.abc import Sequence
from typing import Any

import psycopg

from bot.adapters.postgres.target.opening import open_target
from bot.core.kept.kept import GivenBack
from bot.core.migrations.migration import Migration
from bot.core.targets.url import parse_url
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import STAGING

MORE = "20260102000000_more"
KEEP: dict[str, Any] = {"keep_rows": True}
INIT = migration(
    "20260101000000_init",
    """CREATE TYPE mood AS ENUM ('fine', 'sad');
CREATE TABLE a (id int PRIMARY KEY, n numeric(10,2), note text, mood mood);
INSERT INTO a SELECT i, i + 0.55, 'x' || i, 'sad' FROM generate_series(1, 10) AS i;
CREATE TABLE b (id serial PRIMARY KEY, at timestamptz DEFAULT now(),
    twice int GENERATED ALWAYS AS (id * 2) STORED);
INSERT INTO b (id) SELECT i FROM generate_series(1, 3) AS i;
""",
)


def more(sql: str) -> Migration:
    return migration(MORE, sql)


def shelves(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT shelf, kind, table_name, rows FROM migration_bot.kept ORDER BY statement, shelf",
    )


def take_back(database: str, name: str, *down: str) -> GivenBack:
    """Run the statements of a down, and give back what is kept of that migration."""
    records = record_of(database, name)
    with open_target(STAGING, parse_url(database)) as opened:
        texts = opened.giving_back(opened.kept(records))
        run(database, *down, *texts)
        return opened.given_back(records)


def record_of(database: str, name: str) -> Sequence[str]:
    found = ask(database, f"SELECT id FROM _prisma_migrations WHERE migration_name = '{name}'")
    return [str(each[0]) for each in found]


def run(database: str, *statements: str) -> None:
    """All of them, in one transaction."""
    with psycopg.connect(database) as connection:
        for each in statements:
            connection.execute(each.encode())
