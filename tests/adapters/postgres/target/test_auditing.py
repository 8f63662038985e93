"""Audit rows on a real server."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from bot.adapters.postgres.shape import shape_of
from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.rollouts.audit import Sealed, Signature
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import PostgresError

PRODUCTION = default_targets()["production"]
SIGNATURE = Signature("k", "dg==")


def sealed(number: int = 1) -> Sealed:
    record = {
        "id": f"7b0c8a52-8b3c-4a7e-9a2d-{number:012d}",
        "at": f"2026-11-22T12:00:{number:02d}.000Z",
        "trigger": {"run": "https://github.com/acme/shop/actions/runs/1"},
        "message": "it's 100 % \\ é",
        "nested": [{"b": None, "a": 1}],
    }
    return Sealed(record, SIGNATURE)


@pytest.fixture
def target(database: str) -> Iterator[TargetDatabase]:
    with open_target(PRODUCTION, parse_url(database)) as opened:
        yield opened


def test_what_is_kept_comes_back_as_it_was_newest_first(target: TargetDatabase) -> None:
    assert target.records(10) == ()
    for number in (1, 2, 3):
        target.keep_record(sealed(number))
    assert target.records(2) == (sealed(3), sealed(2))
    target.keep_record(replace(sealed(4), signature=None))
    assert target.records(1)[0].signature is None


def test_the_same_record_is_kept_once(target: TargetDatabase) -> None:
    target.keep_record(sealed())
    target.keep_record(sealed())
    assert target.records(10) == (sealed(),)


@pytest.mark.slow
def test_rows_are_no_table_of_the_application(target: TargetDatabase, database: str) -> None:
    """Neither a baseline, nor drift, nor sizes know of them."""
    target.keep_record(sealed())
    assert not target.unbaselined()
    with psycopg.connect(database, autocommit=True) as connection:
        assert not [name for name in shape_of(connection, None) if "migration_bot" in str(name)]
    assert target.sizes().relations == ()


def test_a_role_that_may_not_is_told_and_nothing_is_left(
    target: TargetDatabase, database: str
) -> None:
    role = f"small_{secrets.token_hex(4)}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'p'".encode())
        try:
            with (
                open_target(PRODUCTION, parse_url(as_role(database, role))) as small,
                pytest.raises(PostgresError, match="write down what was done"),
            ):
                small.keep_record(sealed())
            assert target.records(10) == ()
        finally:
            connection.execute(f"DROP ROLE {role}".encode())


def test_a_role_that_may_only_add_rows_can_go_on(target: TargetDatabase, database: str) -> None:
    """IF NOT EXISTS alone would ask for the right to make what is there."""
    target.keep_record(sealed())
    role = f"small_{secrets.token_hex(4)}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'p'".encode())
        try:
            connection.execute(f"GRANT USAGE ON SCHEMA migration_bot TO {role}".encode())
            connection.execute(f"GRANT SELECT, INSERT ON migration_bot.audit TO {role}".encode())
            with open_target(PRODUCTION, parse_url(as_role(database, role))) as small:
                small.keep_record(sealed(2))
        finally:
            connection.execute(f"DROP OWNED BY {role}".encode())
            connection.execute(f"DROP ROLE {role}".encode())
    assert len(target.records(10)) == 2


def test_a_search_path_of_somebody_else_is_not_followed(
    target: TargetDatabase, database: str
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA trap")
        connection.execute("CREATE DOMAIN trap.uuid AS text")
        connection.execute("CREATE DOMAIN trap.jsonb AS text")
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET search_path = trap, pg_catalog".encode())
    with open_target(PRODUCTION, parse_url(database)) as opened:
        opened.keep_record(sealed())
        assert opened.records(10) == (sealed(),)


def as_role(url: str, role: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:p@{host}"))
