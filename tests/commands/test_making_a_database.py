"""`apply development` where there is no database yet, and what it says for every other target."""

import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, INIT, Place, refused
from tests.conftest import RunningServer


@pytest.fixture
def missing(server: RunningServer) -> Iterator[str]:
    """The name of a database that is not there, and is gone after the test."""
    name = f"Not-yet-{secrets.token_hex(4)}"
    yield name
    execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def execute(server: RunningServer, statement: str, *, database: str = "postgres") -> None:
    with psycopg.connect(server.url(database), autocommit=True) as connection:
        connection.execute(statement.encode())


def ask(server: RunningServer, query: str, *, database: str = "postgres") -> list[object]:
    with psycopg.connect(server.url(database), autocommit=True) as connection:
        return [row[0] for row in connection.execute(query.encode())]


def is_there(server: RunningServer, name: str) -> bool:
    return bool(ask(server, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


@pytest.mark.slow
def test_apply_makes_the_database_of_a_development_target_and_says_so(
    server: RunningServer, missing: str, near: Place
) -> None:
    environ = {"DATABASE_URL": server.url(missing)}

    done = near.bot("apply", "development", environ=environ)

    assert done.code == 0, done.said
    assert f"created the database {missing} (owner " in done.err
    assert "encoding UTF8" in done.err
    assert ask(server, "SELECT migration_name FROM _prisma_migrations", database=missing) == [INIT]
    again = near.bot("apply", "development", environ=environ)
    assert (again.code, "created" in again.said) == (0, False)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["staging", "production"])
@pytest.mark.parametrize("verb", ["apply", "plan", "status"])
def test_no_other_kind_of_target_has_its_database_made(
    server: RunningServer, missing: str, near: Place, target: str, verb: str
) -> None:
    """Production waits for staging, so that it has none either."""
    variable = f"{target.upper()}_DATABASE_URL"
    near.write(CONFIGURATION, f"targets: {{{target}: {{kind: {target}, url_env: {variable}}}}}\n")
    done = near.bot(verb, target, environ={variable: server.url(missing)})

    assert done.code == ExitCode.POSTGRES
    assert "there is no such database" in done.said
    if verb != "status":
        refused(done, ExitCode.POSTGRES, f"a {target} target is never made by me", "createdb")
    assert not is_there(server, missing)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["plan", "development"], ["apply", "development", "--dry-run"]]
)
def test_looking_makes_nothing_and_says_what_would(
    server: RunningServer, missing: str, near: Place, arguments: list[str]
) -> None:
    done = near.bot(*arguments, environ={"DATABASE_URL": server.url(missing)})

    refused(done, ExitCode.POSTGRES, "no such database", "`migration-bot apply development` makes")
    assert not is_there(server, missing)


@pytest.mark.slow
@pytest.mark.parametrize("pin", ["database: another", "host: db.example", 'system_identifier: "1"'])
def test_a_database_that_could_not_be_the_pinned_one_is_not_made(
    server: RunningServer, missing: str, near: Place, pin: str
) -> None:
    near.write(
        CONFIGURATION,
        "targets:\n  development:\n    kind: development\n    url_env: DATABASE_URL\n"
        f"    identity: {{{pin}}}\n",
    )
    done = near.bot("apply", "development", environ={"DATABASE_URL": server.url(missing)})

    refused(done, ExitCode.HISTORY, "was not made", "pins")
    assert not is_there(server, missing)


@pytest.mark.slow
def test_a_role_that_may_make_no_database_is_told_what_lets_it(
    server: RunningServer, missing: str, near: Place
) -> None:
    role = f"plain_{secrets.token_hex(4)}"
    execute(server, f"CREATE ROLE {role} LOGIN")
    try:
        parts = urlsplit(server.url(missing))
        address = parts.netloc.rpartition("@")[2]
        url = parts._replace(netloc=f"{role}@{address}").geturl()
        done = near.bot("apply", "development", environ={"DATABASE_URL": url})
    finally:
        execute(server, f"DROP ROLE {role}")

    refused(done, ExitCode.POSTGRES, "permission denied", f"ALTER ROLE {role} CREATEDB")
    assert not is_there(server, missing)
