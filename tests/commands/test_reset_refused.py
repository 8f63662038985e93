"""`reset` pointed at production in every way one can think of, on a real server: nothing is
touched."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, FOLDER, LOCK, Place
from tests.conftest import RunningServer
from tests.shell import Done

PRODUCTION = "{kind: production, url_env: PRODUCTION_DATABASE_URL, approvals: 0}"
DEVELOPMENT = "kind: development, url_env: DATABASE_URL"


@dataclass
class Way:
    """Production's database is `url`, with a row in it. `stack` lets go of what a way has taken."""

    place: Place
    url: str
    server: RunningServer
    stack: ExitStack

    def execute(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for each in statements:
                connection.execute(each.encode())

    def configured(self, **targets: str) -> None:
        listed = "".join(f"  {name}: {said}\n" for name, said in targets.items())
        self.place.write(CONFIGURATION, f"targets:\n{listed}")

    def reset(self, target: str = "development", **environ: str) -> Done:
        given = {"DATABASE_URL": self.url, **environ}
        return self.place.bot("reset", target, "--yes", environ=given)

    def contents(self) -> list[tuple[object, ...]]:
        """Rows, names and rights: what a reset would change."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute("SELECT id::text FROM a").fetchall()
            names = connection.execute(
                "SELECT oid::text, relname FROM pg_class WHERE oid >= 16384 ORDER BY oid"
            ).fetchall()
        return [*rows, *names]


@pytest.fixture
def way(near: Place, server: RunningServer, database: str) -> Iterator[Way]:
    with ExitStack() as stack:
        found = Way(near, database, server, stack)
        done = near.bot("apply", "development", environ={"DATABASE_URL": database})
        assert done.code == 0, done.said
        found.execute("COMMENT ON TABLE _prisma_migrations IS NULL", "INSERT INTO a VALUES (1)")
        yield found


def by_its_name(way: Way) -> Done:
    return way.reset("production", PRODUCTION_DATABASE_URL=way.url)


def by_stagings_name(way: Way) -> Done:
    return way.reset("staging", STAGING_DATABASE_URL=way.url)


def by_the_variable_of_both(way: Way) -> Done:
    return way.reset(PRODUCTION_DATABASE_URL=way.url)


def by_another_spelling_of_the_address(way: Way) -> Done:
    parts = urlsplit(way.url)
    other = parts._replace(netloc="postgres@127.0.0.1").geturl()
    return way.reset(PRODUCTION_DATABASE_URL=f"{other}&application_name=x&connect_timeout=9")


def by_another_schema_of_it(way: Way) -> Done:
    way.execute("CREATE SCHEMA app")
    return way.reset(PRODUCTION_DATABASE_URL=f"{way.url}&schema=app")


def by_a_password_that_is_no_longer_right(way: Way) -> Done:
    """It cannot be asked who it is, but leads to the same place."""
    parts = urlsplit(way.url)
    address = parts.netloc.rpartition("@")[2]
    wrong = parts._replace(netloc=f"nobody_there:x@{address}").geturl()
    return way.reset(STAGING_DATABASE_URL=wrong)


def by_calling_production_development(way: Way) -> Done:
    way.configured(production="{kind: development, url_env: PRODUCTION_DATABASE_URL}")
    return way.reset("production", PRODUCTION_DATABASE_URL=way.url)


def by_productions_variable(way: Way) -> Done:
    way.configured(development="{kind: development, url_env: PRODUCTION_DATABASE_URL}")
    return way.reset(PRODUCTION_DATABASE_URL=way.url)


def by_a_host_elsewhere(way: Way) -> Done:
    """Nobody is asked there at all."""
    return way.reset(DATABASE_URL="postgresql://shop@db.invalid/shop")


def by_a_name_that_tells(way: Way) -> Done:
    """It is not there, and not made either."""
    return way.reset(DATABASE_URL=way.server.url("shop_production"))


def by_a_database_that_was_not_chosen(way: Way) -> Done:
    """Of several in the configuration."""
    way.place.write(f"billing/{LOCK}", 'provider = "postgresql"\n')
    way.place.write(
        CONFIGURATION,
        "databases:\n"
        f"  shop: {{targets: {{development: {{{DEVELOPMENT}}}}}}}\n"
        f"  billing: {{migrations: billing/{FOLDER}, targets: {{production: {PRODUCTION}}}}}\n",
    )
    environ = {"DATABASE_URL": way.url, "PRODUCTION_DATABASE_URL": way.url}
    return way.place.bot("--database", "shop", "reset", "development", "--yes", environ=environ)


def by_a_mark(way: Way) -> Done:
    done = way.place.bot(
        "identity", "production", "--claim", environ={"PRODUCTION_DATABASE_URL": way.url}
    )
    assert done.code == 0, done.said
    return way.reset()


def by_a_stale_mark(way: Way) -> Done:
    """It came along with a dump, and is of another server."""
    way.execute(
        "COMMENT ON TABLE _prisma_migrations IS 'migration-bot v1 target=production system=1 "
        "database=shop oid=5 host=db.example'"
    )
    return way.reset()


def by_a_mark_in_another_schema(way: Way) -> Done:
    way.execute(
        "CREATE SCHEMA app",
        "CREATE TABLE app._prisma_migrations (id int)",
        "COMMENT ON TABLE app._prisma_migrations IS 'migration-bot v1 target=staging system=1 "
        "database=shop oid=5 host=db.example'",
    )
    return way.reset()


def by_what_was_written_down_of_rollouts(way: Way) -> Done:
    way.execute(
        "CREATE SCHEMA migration_bot",
        "CREATE TABLE migration_bot.audit (record jsonb)",
        """INSERT INTO migration_bot.audit VALUES ('{"target": {"kind": "production"}}')""",
    )
    return way.reset()


def by_a_pin_of_another_database(way: Way) -> Done:
    way.configured(development=f"{{{DEVELOPMENT}, identity: {{database: mine}}}}")
    return way.reset()


def by_a_pin_of_another_server(way: Way) -> Done:
    way.configured(development=f"{{{DEVELOPMENT}, identity: {{system_identifier: '1'}}}}")
    return way.reset()


def by_a_pin_of_another_host(way: Way) -> Done:
    way.configured(development=f"{{{DEVELOPMENT}, identity: {{host: db.example}}}}")
    return way.reset()


def while_an_application_uses_it(way: Way) -> Done:
    way.stack.enter_context(psycopg.connect(way.url, application_name="shop web"))
    return way.reset()


def with_a_transaction_prepared(way: Way) -> Done:
    with psycopg.connect(way.url, autocommit=True) as connection:
        if connection.execute("SHOW max_prepared_transactions").fetchone() == ("0",):
            pytest.skip("the server prepares no transactions")
        connection.execute("BEGIN; INSERT INTO a VALUES (2); PREPARE TRANSACTION 'two'")
        way.stack.callback(way.execute, "ROLLBACK PREPARED 'two'")
    return way.reset()


def inside_a_workflow(way: Way) -> Done:
    return way.reset(GITHUB_ACTIONS="true")


def as_the_servers_own_database(way: Way) -> Done:
    return way.reset(DATABASE_URL=way.server.url("postgres"))


def as_a_template(way: Way) -> Done:
    name = urlsplit(way.url).path[1:]
    way.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
    way.stack.callback(way.execute, f"ALTER DATABASE {name} IS_TEMPLATE false")
    return way.reset()


def through_a_freeze(way: Way) -> Done:
    span = "{from: 2020-01-01, to: 2199-12-31}"
    way.configured(development=f"{{{DEVELOPMENT}, freeze: {{ranges: [{span}]}}}}")
    return way.reset()


def without_a_word_of_agreement(way: Way) -> Done:
    return way.place.bot("reset", "development", environ={"DATABASE_URL": way.url})


WAYS: Mapping[Callable[[Way], Done], tuple[ExitCode, str]] = {
    by_its_name: (ExitCode.USAGE, "only development is ever reset"),
    by_stagings_name: (ExitCode.USAGE, "only development is ever reset"),
    by_the_variable_of_both: (ExitCode.HISTORY, "lead to the same database"),
    by_another_spelling_of_the_address: (ExitCode.HISTORY, "lead to the same database"),
    by_another_schema_of_it: (ExitCode.HISTORY, "lead to the same database"),
    by_a_password_that_is_no_longer_right: (ExitCode.HISTORY, "lead to the same database"),
    by_calling_production_development: (ExitCode.USAGE, "does not sound like it"),
    by_productions_variable: (ExitCode.USAGE, "does not sound like it"),
    by_a_host_elsewhere: (ExitCode.USAGE, "is not on this machine"),
    by_a_name_that_tells: (ExitCode.USAGE, "does not sound like it"),
    by_a_database_that_was_not_chosen: (ExitCode.HISTORY, "lead to the same database"),
    by_a_mark: (ExitCode.HISTORY, "bears the mark of production"),
    by_a_stale_mark: (ExitCode.HISTORY, "bears the mark of production"),
    by_a_mark_in_another_schema: (ExitCode.HISTORY, "bears the mark of staging"),
    by_what_was_written_down_of_rollouts: (ExitCode.HISTORY, "as in one of production"),
    by_a_pin_of_another_database: (ExitCode.HISTORY, "its database is"),
    by_a_pin_of_another_server: (ExitCode.HISTORY, "its system_identifier is"),
    by_a_pin_of_another_host: (ExitCode.HISTORY, "its host is"),
    while_an_application_uses_it: (ExitCode.POSTGRES, "shop web"),
    with_a_transaction_prepared: (ExitCode.POSTGRES, "prepared transactions"),
    inside_a_workflow: (ExitCode.USAGE, "by a workflow on GitHub"),
    as_the_servers_own_database: (ExitCode.USAGE, "belongs to the server itself"),
    as_a_template: (ExitCode.USAGE, "belongs to the server itself"),
    through_a_freeze: (ExitCode.GATE_CLOSED, "is closed"),
    without_a_word_of_agreement: (ExitCode.USAGE, "Nobody has typed"),
}


@pytest.mark.slow
@pytest.mark.parametrize("asked", WAYS, ids=lambda asked: asked.__name__)
def test_it_is_refused_and_nothing_is_touched(way: Way, asked: Callable[[Way], Done]) -> None:
    code, said = WAYS[asked]
    before = way.contents()

    done = asked(way)

    assert (done.code, done.out) == (code, ""), done.said
    assert said in done.err
    assert "hint:  " in done.err
    kept = [row for row in way.contents() if row in before]
    assert kept == before


@pytest.mark.slow
def test_what_was_claimed_and_pinned_on_purpose_is_reset(way: Way) -> None:
    """The way out that each refusal names."""
    by_a_mark(way)
    claimed = way.place.bot("identity", "development", "--claim", environ={"DATABASE_URL": way.url})
    assert claimed.code == 0, claimed.said

    done = way.reset()

    assert done.code == 0, done.said
    with psycopg.connect(way.url) as connection:
        assert connection.execute("SELECT id FROM a").fetchall() == []
