"""Files that are UTF-8, in databases and sessions that are not."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import Rollout

MIGRATION = "20260101000000_städte"
SQL = "CREATE TABLE t (a text);\nINSERT INTO t VALUES ('Zürich');\n"


@pytest.fixture(params=["LATIN1", "SQL_ASCII"])
def other(database: str, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A database that stores something else than UTF-8."""
    with psycopg.connect(database, autocommit=True) as connection:
        name = f"{connection.info.dbname}_other"
        locale = "LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        if connection.info.server_version >= 150000:
            locale = f"LOCALE_PROVIDER libc {locale}"
        connection.execute(f"CREATE DATABASE {name} ENCODING {request.param} {locale}".encode())
        yield database.replace(connection.info.dbname, name), request.param
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_a_database_stores_what_the_file_says_in_its_own_encoding(other: tuple[str, str]) -> None:
    url, encoding = other
    file = migration(MIGRATION, SQL)

    assert Rollout(url, (file,)).run().applied
    assert Rollout(url, (file,)).run().applied == ()

    stored = "Zürich".encode("latin1" if encoding == "LATIN1" else "utf-8")
    assert ask(url, "SELECT a::bytea FROM t") == [(stored,)]


@pytest.mark.parametrize(
    "setting",
    ["SET client_encoding = 'LATIN1'", "SET NAMES 'LATIN1'", "SET LOCAL Client_Encoding TO LATIN1"],
)
def test_a_file_that_names_another_encoding_is_utf_8_all_the_same(
    database: str, setting: str
) -> None:
    Rollout(database, (migration(MIGRATION, f"{setting};\n{SQL}"),)).run()

    assert ask(database, "SELECT a FROM t") == [("Zürich",)]
    assert ask(database, "SELECT migration_name FROM _prisma_migrations") == [(MIGRATION,)]
