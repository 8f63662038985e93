"""A place on somebody else's server: what is made there, and that all of it goes again."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from bot.adapters.postgres.rehearsal.places.given_place import open_given_place
from bot.adapters.postgres.rehearsal.places.leftovers import PREFIX, new_name
from bot.adapters.postgres.rehearsal.places.place import PINNED
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.tools import Installation
from bot.errors import PostgresError, UsageError
from tests.adapters.postgres.rehearsal.places import ORDER, one, order
from tests.conftest import SERVERS

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

PASSWORD = "sésame / 1"


@dataclass
class Given:
    """A server as its owner sees it; `url` is that of the login that the bot is given."""

    url: str
    owner: str

    def login(self, user: str, password: str) -> str:
        return f"postgresql://{user}:{password}@{self.owner.rpartition('@')[2]}"

    def column(self, query: str) -> list[object]:
        with psycopg.connect(self.owner, autocommit=True) as connection:
            return [row[0] for row in connection.execute(query.encode())]

    @property
    def everything(self) -> tuple[list[object], list[object]]:
        return (
            self.column("SELECT datname FROM pg_database ORDER BY 1"),
            self.column("SELECT rolname FROM pg_roles ORDER BY 1"),
        )

    def execute(self, *statements: str) -> None:
        with psycopg.connect(self.owner, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture(scope="module", params=list(SERVERS.values()), ids=list(SERVERS))
def superuser(request: pytest.FixtureRequest) -> Iterator[Given]:
    """A server that lets nobody in without a password, as a service container does."""
    installation: Installation = request.param
    with start_server(installation, tcp=True, password=PASSWORD) as server:
        yield Given(server.url(), server.url())


@pytest.fixture(params=["superuser", "creator"])
def given(superuser: Given, request: pytest.FixtureRequest) -> Iterator[Given]:
    if request.param == "superuser":
        yield superuser
        return
    superuser.execute("CREATE ROLE creator LOGIN CREATEDB CREATEROLE PASSWORD 'x'")
    yield Given(superuser.login("creator", "x"), superuser.owner)
    superuser.execute("DROP OWNED BY creator", "DROP ROLE creator")


def test_everything_that_is_made_goes_at_the_end(given: Given) -> None:
    before = given.everything
    with open_given_place(given.url, order(0, roles=("app", "postgres"))) as place:
        databases, roles = given.everything
        assert set(databases) - set(before[0]) == {place.role}
        assert set(roles) - set(before[1]) == {place.role, "app"}
        with place.author() as connection:
            connection.execute("CREATE TABLE t (a int); GRANT SELECT ON t TO app")
            if place.server.major >= 16:
                connection.execute("CREATE ROLE made CREATEROLE; GRANT SELECT ON t TO made")
                connection.execute("SET ROLE made; CREATE ROLE of_made; RESET ROLE")
    assert given.everything == before


def test_the_author_owns_its_database_and_is_nobody_else(given: Given) -> None:
    with open_given_place(given.url, ORDER) as place, place.author() as connection:
        assert place.role.startswith(PREFIX)
        assert one(connection, "SELECT session_user") == place.role
        owned = "SELECT array_agg(datname) FROM pg_database WHERE datdba = session_user::regrole"
        assert one(connection, owned) == [place.role]
        member = "SELECT count(*) FROM pg_auth_members WHERE member = session_user::regrole"
        assert one(connection, member) == 0
        mighty = "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = session_user"
        assert one(connection, mighty) is False
        assert one(connection, "SHOW client_min_messages") == "debug1"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("COPY (SELECT 1) TO PROGRAM 'true'")


def test_the_admin_is_pinned_and_sees_the_author(given: Given) -> None:
    with open_given_place(given.url, ORDER) as place, place.author() as author:
        author.execute("CREATE TABLE t (a int); CREATE SCHEMA evil")
        author.execute(f'ALTER DATABASE "{place.role}" SET search_path = evil'.encode())
        with place.admin() as admin:
            assert one(admin, "SELECT count(*) FROM public.t") == 0
            assert one(admin, "SHOW search_path") == PINNED["search_path"]
            query = f"SELECT query FROM pg_stat_activity WHERE usename = '{place.role}'"
            assert "ALTER DATABASE" in str(one(admin, query))


def test_the_server_is_told_and_nothing_is_claimed(given: Given) -> None:
    with open_given_place(given.url, ORDER) as place:
        found = place.server
        assert (found.provider, found.wanted, place.cached) == ("given", 18, 0)
        assert found.version.startswith(str(found.major))
        assert found.isolation.network
        assert found.isolation.memory is None
        assert place.disk_used() > 5_000_000
        place.keep()


def test_killing_ends_the_authors_sessions_and_nobody_elses(given: Given) -> None:
    with open_given_place(given.url, ORDER) as place, place.author() as author:
        place.kill()
        with pytest.raises(psycopg.OperationalError):
            author.execute("SELECT 1")
        with place.admin() as admin:
            assert one(admin, "SELECT 1") == 1


def test_a_prepared_transaction_keeps_nothing_there() -> None:
    with start_server(settings={"max_prepared_transactions": "2"}) as server:
        given = Given(server.url(), server.url())
        before = given.everything
        with open_given_place(server.url(), ORDER) as place, place.author() as connection:
            connection.execute("BEGIN")
            connection.execute("CREATE TABLE t (a int)")
            connection.execute("PREPARE TRANSACTION 'it''s there'")
        assert given.everything == before


def test_an_error_in_the_block_leaves_nothing(given: Given) -> None:
    before = given.everything

    def fail() -> None:
        with open_given_place(given.url, ORDER) as place, place.author() as connection:
            connection.execute("BEGIN; CREATE TABLE t (a int)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert given.everything == before


def test_what_a_killed_run_left_goes_with_the_next(superuser: Given) -> None:
    before = superuser.everything
    left = new_name()
    superuser.execute(
        f"CREATE ROLE {left} LOGIN",
        f"CREATE DATABASE {left} OWNER {left}",
        "CREATE ROLE taken",
        f"COMMENT ON ROLE taken IS '{left}'",
        f"CREATE ROLE {left[:-1]}{'0' if left[-1] != '0' else '1'} LOGIN",
    )
    said: list[str] = []
    with open_given_place(superuser.url, ORDER, note=said.append):
        pass
    assert superuser.everything == before
    assert said == ["dropping what an earlier rehearsal left on the server"] * 2


def test_a_run_that_is_alive_is_left_alone_from_every_database(superuser: Given) -> None:
    superuser.execute("CREATE DATABASE elsewhere")
    other = superuser.url.removesuffix("/postgres") + "/elsewhere"
    with (
        open_given_place(superuser.url, order(0, roles=("app",))) as first,
        first.author() as connection,
    ):
        connection.execute("CREATE TABLE t (a int); GRANT SELECT ON t TO app")
        with open_given_place(other, order(0, roles=("app",))) as second:
            assert first.role != second.role
        assert one(connection, "SELECT count(*) FROM t") == 0
        assert superuser.column("SELECT rolname FROM pg_roles WHERE rolname = 'app'") == ["app"]
    superuser.execute("DROP DATABASE elsewhere")


def test_a_role_that_another_rehearsal_uses_goes_with_a_later_one(superuser: Given) -> None:
    before = superuser.everything
    asked = order(0, roles=("app",))
    first = open_given_place(superuser.url, asked)
    first.__enter__()
    with open_given_place(superuser.url, asked) as second, second.author() as connection:
        connection.execute("CREATE TABLE t (a int); GRANT SELECT ON t TO app")
        first.__exit__(None, None, None)
        assert one(connection, "SELECT count(*) FROM pg_roles WHERE rolname = 'app'") == 1
    with open_given_place(superuser.url, ORDER):
        pass
    assert superuser.everything == before


@pytest.mark.parametrize("name", ["shop", PREFIX + "mine", PREFIX + "0123456789abcde0"])
def test_databases_and_roles_of_other_names_are_never_touched(superuser: Given, name: str) -> None:
    superuser.execute(f"CREATE ROLE {name}", f"CREATE DATABASE {name} OWNER {name}")
    before = superuser.everything
    with open_given_place(superuser.url, ORDER):
        pass
    assert superuser.everything == before
    superuser.execute(f"DROP DATABASE {name}", f"DROP ROLE {name}")


def test_a_database_of_our_name_and_another_owner_is_never_touched(superuser: Given) -> None:
    name = PREFIX + "0123456789abcde"
    superuser.execute(
        f"CREATE ROLE {name}",
        f"CREATE DATABASE {name}",
        "CREATE ROLE lying",
        f"COMMENT ON ROLE lying IS '{name}'",
    )
    with open_given_place(superuser.url, ORDER):
        pass
    assert name in superuser.everything[0]
    superuser.execute(f"DROP DATABASE {name}", f"DROP ROLE IF EXISTS {name}")


def test_roles_that_are_there_stay_as_they_are(superuser: Given) -> None:
    superuser.execute("CREATE ROLE app LOGIN")
    with open_given_place(superuser.url, order(0, roles=("app",))):
        pass
    assert superuser.column("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'") == [True]
    superuser.execute("DROP ROLE app")


def test_a_lost_connection_does_not_keep_us_from_clearing_up(superuser: Given) -> None:
    before = superuser.everything
    with open_given_place(superuser.url, order(0, roles=("app",))) as place:
        assert place.role in superuser.everything[1]
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'migration-bot%'"
        )
    assert superuser.everything == before


def test_a_login_that_may_not_make_databases_is_refused(superuser: Given) -> None:
    superuser.execute("CREATE ROLE plain LOGIN CREATEDB PASSWORD 'x'")
    with (
        pytest.raises(UsageError, match="may not make databases and roles"),
        open_given_place(superuser.login("plain", "x"), ORDER),
    ):
        pass
    superuser.execute("DROP ROLE plain")


def test_a_pooler_is_refused(superuser: Given) -> None:
    with (
        pytest.raises(UsageError, match="pooler"),
        open_given_place(superuser.url + "?pgbouncer=true", ORDER),
    ):
        pass


def test_a_server_that_is_not_there_is_told_without_a_secret() -> None:
    url = "postgresql://me:canary@127.0.0.1:1/x"
    with pytest.raises(PostgresError) as caught, open_given_place(url, ORDER):
        pass
    assert "canary" not in caught.value.message + caught.value.hint


def test_no_password_reaches_the_log_of_the_server() -> None:
    with start_server(settings={"log_statement": "all"}) as server:
        with open_given_place(server.url(), ORDER) as place:
            place.author().close()
        log = server.log.read_text()
        assert "SCRAM-SHA-256" in log
        assert "PASSWORD 'SCRAM" in log
