"""Migrations whose kept rows are given back, in the one transaction that a rollback is."""

from collections.abc import Sequence

import psycopg

from bot.adapters.postgres.target.opening import open_target
from bot.core.kept.kept import GivenBack
from bot.core.targets.url import parse_url
from tests.asking import ask
from tests.rollout.real import STAGING


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
