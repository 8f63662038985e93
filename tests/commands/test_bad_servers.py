"""Servers that are not there, or do not let us: at the command line, with nothing changed."""

import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.adapters.postgres.server import Server, start_server
from bot.errors import ExitCode
from tests.commands.place import INIT, MORE, SCRIPT, Place, refused
from tests.shell import Done

CANARY = "c4nary-Pa55word"


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server on a port, which wants a password and offers no TLS."""
    with start_server(tcp=True, password=CANARY, databases=["shop"]) as server:
        yield server


def on(url: str, *arguments: str, place: Place) -> Done:
    """Call the bot with that target, and look for the password in all that it says."""
    done = place.bot(*arguments, environ={"DATABASE_URL": url})
    password = urlsplit(url).password if "://" in url else None
    assert CANARY not in done.said
    assert not password or password not in done.said
    return done


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


@pytest.mark.parametrize("verb", ["plan", "apply", "status", "backup"])
def test_a_variable_that_is_not_set_is_named(place: Place, verb: str) -> None:
    done = place.bot(verb, "production")

    refused(done, ExitCode.USAGE, "PRODUCTION_DATABASE_URL is not set", "postgresql://user@host")


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://user:{CANARY}@host/shop",
        f"postgresql://user:{CANARY}#@host/shop",
        f"postgresql://user:{CANARY}@host:nine/shop",
        f"{CANARY}",
        "://",
    ],
)
def test_what_is_no_connection_string_is_refused_without_quoting_it(place: Place, url: str) -> None:
    refused(on(url, "plan", "development", place=place), ExitCode.USAGE, "DATABASE_URL ")


@pytest.mark.parametrize("verb", ["plan", "apply", "status", "backup"])
def test_a_server_that_is_not_there_is_told_from_one_that_refuses(place: Place, verb: str) -> None:
    done = on(f"postgresql://user:{CANARY}@127.0.0.1:1/shop", verb, "development", place=place)

    refused(done, ExitCode.POSTGRES, "127.0.0.1:1/shop: nothing listens there")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda url: url.replace(CANARY, "wr0ng-secret"), "user or password is wrong"),
        (lambda url: f"{url}?sslmode=require", "the server offers no TLS"),
        (lambda url: f"{url}?sslmode=verify-full", "the server offers no TLS"),
        (lambda url: url.replace("127.0.0.1", "host.invalid"), "its host name is not known"),
    ],
    ids=["password", "TLS", "verified TLS", "host"],
)
def test_each_way_of_not_getting_in_has_its_own_words(
    guarded: Server, place: Place, change: object, said: str
) -> None:
    assert callable(change)
    for verb in "plan", "apply":
        done = on(change(guarded.url("shop")), verb, "development", place=place)
        refused(done, ExitCode.POSTGRES, said)


def test_status_of_everything_goes_on_past_a_target_that_does_not_answer(
    guarded: Server, place: Place
) -> None:
    unreachable = "postgresql://u:hush-hush@127.0.0.1:1/shop"
    urls = {"DATABASE_URL": guarded.url("shop"), "STAGING_DATABASE_URL": unreachable}

    done = place.bot("status", environ=urls)

    assert done.code == ExitCode.POSTGRES
    assert "could not be read" in done.out
    assert "nothing listens there" in done.out
    assert "not configured" in done.out
    assert CANARY not in done.said
    assert "hush-hush" not in done.said


def test_a_database_that_only_reads_is_not_written_to(place: Place, database: str) -> None:
    name = urlsplit(database).path[1:]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())

    assert on(database, "plan", "development", place=place).code == 0
    done = on(database, "apply", "development", place=place)

    refused(done, ExitCode.POSTGRES, "accepts only reads")
    assert ask(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


def test_a_role_that_may_not_create_is_told_what_it_lacks(place: Place, database: str) -> None:
    role = f"reader_{secrets.token_hex(4)}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role}".encode())
        connection.execute("REVOKE CREATE ON SCHEMA public FROM public")
    try:
        joint = "&" if "?" in database else "?"
        url = f"{database}{joint}options=-c%20role%3D{role}"
        done = on(url, "apply", "development", place=place)
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"DROP ROLE {role}".encode())

    refused(done, ExitCode.POSTGRES, "lacks rights", f"GRANT CREATE ON SCHEMA public TO {role}")


def test_a_refused_statement_keeps_its_values_to_itself(place: Place, database: str) -> None:
    place.write(
        SCRIPT,
        f"CREATE TABLE b (n text UNIQUE);\nINSERT INTO b (n) VALUES ('{CANARY}'), ('{CANARY}');\n",
    )
    done = on(database, "--quiet", "apply", "development", place=place)

    refused(done, ExitCode.POSTGRES, f"{MORE}, line 2: ", "duplicate key value")
    assert ask(database, "SELECT string_agg(migration_name, ',') FROM _prisma_migrations") == INIT
    assert ask(database, "SELECT to_regclass('b') IS NULL") is True


def test_a_file_that_cannot_be_read_stops_an_apply_before_it_begins(
    place: Place, database: str
) -> None:
    place.write(SCRIPT, "CREATE TABEL b (id int);\n")

    done = on(database, "apply", "development", place=place)

    refused(done, ExitCode.USAGE, f"{MORE}, line 1, column 8: ", "TABEL")
    assert ask(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
