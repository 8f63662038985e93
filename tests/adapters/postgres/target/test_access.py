"""What a connection and its role can do, on real servers."""

import secrets
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.target.access import read_access
from bot.core.doctor.access import Access
from bot.core.targets.url import parse_url

pytestmark = pytest.mark.slow
PASSWORD = "tiger77"


def access(url: str) -> Access:
    parsed = parse_url(url)
    with closing(connect(parsed, application_name="test")) as connection:
        return read_access(connection, parsed, parsed.schema)


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for each in statements:
            connection.execute(each.encode())


@pytest.fixture
def role(database: str) -> Iterator[str]:
    """One that may do nothing yet."""
    name = f"role_{secrets.token_hex(4)}"
    run(database, f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    yield name
    run(database, f"DROP OWNED BY {name} CASCADE", f"DROP ROLE {name}")


def as_role(url: str, role: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(url)
    socket = str(parts["host"]).replace("/", "%2F")
    return f"postgresql://{role}:{PASSWORD}@{socket}:{parts.get('port', 5432)}/{parts['dbname']}"


def test_a_superuser_may_do_everything(database: str) -> None:
    found = access(database)
    assert found.superuser
    assert found.local
    assert found.lock_timeout
    assert abs(found.ahead) < 1
    assert found.size is not None
    assert found.size > 1_000_000
    assert (found.others, found.unreadable, found.filtered, found.shelf) == ({}, (), (), None)


def test_tables_of_others_can_neither_be_altered_nor_read(database: str, role: str) -> None:
    run(
        database,
        "CREATE TABLE a (id bigserial PRIMARY KEY)",
        "CREATE TABLE b (id int)",
        "CREATE TABLE _prisma_migrations (id text)",
        "CREATE SCHEMA other",
        'CREATE TABLE other."C d" (id int)',
        f"GRANT SELECT ON b TO {role}",
        f"GRANT USAGE ON SCHEMA other TO {role}",
    )
    found = access(as_role(database, role))
    assert not found.superuser
    assert not found.replication
    (number,) = found.others.values()
    assert number == 2
    assert found.unreadable == (
        'other."C d"',
        "public._prisma_migrations",
        "public.a",
        "public.a_id_seq",
    )


def test_what_is_granted_is_seen(database: str, role: str) -> None:
    run(
        database,
        "CREATE TABLE a (id int)",
        f"ALTER TABLE a OWNER TO {role}",
        f"CREATE SCHEMA migration_bot AUTHORIZATION {role}",
    )
    found = access(as_role(database, role))
    assert (found.others, found.unreadable, found.shelf) == ({}, (), True)


def test_a_shelf_of_somebody_else_is_seen(database: str, role: str) -> None:
    run(database, "CREATE SCHEMA migration_bot")
    assert access(as_role(database, role)).shelf is False


def test_row_level_security_that_holds_for_the_role_is_seen(database: str, role: str) -> None:
    run(
        database,
        "CREATE TABLE a (id int)",
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
        f"GRANT SELECT ON a TO {role}",
    )
    assert access(as_role(database, role)).filtered == ("public.a",)
    assert access(database).filtered == ()


def test_nothing_is_left_of_what_was_tried(database: str) -> None:
    parsed = parse_url(database)
    with closing(connect(parsed, application_name="test")) as connection:
        before = connection.execute("SHOW lock_timeout").fetchone()
        read_access(connection, parsed, "public")
        assert connection.execute("SHOW lock_timeout").fetchone() == before
