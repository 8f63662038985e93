"""Times of a server whose role or database writes them in another style than ISO."""

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.sizes import read_sizes
from bot.adapters.postgres.target.locking import PRISMA_KEY
from bot.adapters.postgres.target.opening import open_target
from bot.core.rollouts.checkpoint import Whole
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import PostgresError
from tests.fakes import migration

STAGING = default_targets()["staging"]
INIT = migration("20260101000000_init", "CREATE TABLE a (id int)")
STYLES = ["German", "SQL, DMY", "Postgres, MDY"]


@pytest.mark.parametrize("style", STYLES)
def test_rows_and_holders_are_read_in_every_style(database: str, style: str) -> None:
    with psycopg.connect(database, autocommit=True) as other:
        name = other.info.dbname
        other.execute(f"ALTER DATABASE \"{name}\" SET datestyle = '{style}'".encode())
        other.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
        with open_target(STAGING, parse_url(database)) as opened:
            opened.create_table()
            opened.together([INIT.sql], Whole("1", INIT), needs=(), heard=lambda *_: None)
            (row,) = opened.applied()
            holder = opened.lock_holder()
            assert holder is not None
            assert opened.terminate(holder)
    with connect(database, application_name="test") as connection:
        sizes = read_sizes(connection, "staging", sleep=lambda _: None, seconds=0)

    assert row.finished_at is not None
    assert row.finished_at >= row.started_at
    assert holder.since is not None
    assert holder.since <= row.started_at <= sizes.taken_at


@pytest.mark.slow
def test_who_waits_for_too_long_is_cut_off_in_every_style(database: str) -> None:
    with psycopg.connect(database) as other:
        name = other.info.dbname
        other.execute(f"ALTER DATABASE \"{name}\" SET datestyle = 'German'".encode())
        other.execute("CREATE TABLE a (id int)")
        other.commit()
        other.execute("INSERT INTO a VALUES (1)")
        with (
            open_target(STAGING, parse_url(database)) as opened,
            pytest.raises(PostgresError, match="It waited for others"),
            opened.waiting_at_most(1),
        ):
            opened.alone("VACUUM FULL a", settings=(), heard=lambda *_: None)
