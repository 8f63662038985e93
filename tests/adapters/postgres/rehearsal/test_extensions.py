"""Which extensions a rehearsal creates, on real servers."""

from collections.abc import Iterator

import psycopg
import pytest

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.rehearsal.places.extensions import (
    FIRST,
    LET_IN,
    Standing,
    create_extension,
    standings,
)
from bot.adapters.postgres.rehearsal.places.place import ROLE
from bot.errors import PostgresError


@pytest.fixture
def admin(database: str) -> Iterator[Connection]:
    with connect(database, application_name="test") as connection:
        name = connection.info.dbname
        if (
            connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone()
            is None
        ):
            connection.execute(f"CREATE ROLE {ROLE} LOGIN".encode())
        connection.execute(f"ALTER DATABASE {name} OWNER TO {ROLE}".encode())
        yield connection


def standing(admin: Connection, name: str, *shims: str) -> Standing:
    (found,) = standings(admin, [name], shims=shims)
    healthy = found.standing in (Standing.READY, Standing.LET_IN)
    assert bool(found.sentence) is not healthy
    assert bool(found.hint) is not healthy
    return found.standing


def test_of_each_it_is_known_who_may_create_it(admin: Connection) -> None:
    assert standing(admin, "pg_trgm") is Standing.READY
    assert standing(admin, "bloom") is Standing.LET_IN
    assert standing(admin, "file_fdw") is Standing.REFUSED
    assert standing(admin, "dblink") is Standing.REFUSED
    assert standing(admin, "amcheck") is Standing.REFUSED
    assert standing(admin, "nobody_has_this") is Standing.MISSING
    assert standing(admin, "pg_trgm", "pg_trgm") is Standing.SHIM
    assert standings(admin, ["plpgsql"]) == ()


def test_the_author_owns_what_is_created_for_it(admin: Connection) -> None:
    admin.execute("CREATE SCHEMA elsewhere")
    create_extension(admin, "bloom")
    create_extension(admin, "bloom")
    create_extension(admin, "moddatetime", schema="elsewhere")
    rows = admin.execute(
        "SELECT extname, extnamespace::regnamespace::text FROM pg_extension "
        "WHERE extowner = to_regrole(%s)",
        (ROLE,),
    ).fetchall()
    assert set(rows) == {("bloom", "public"), ("moddatetime", "elsewhere")}
    admin.execute(f"SET ROLE {ROLE}".encode())
    admin.execute("COMMENT ON EXTENSION bloom IS 'mine'")
    admin.execute("DROP EXTENSION bloom")


def test_what_one_needs_comes_along(admin: Connection) -> None:
    create_extension(admin, "earthdistance")
    row = admin.execute("SELECT earth_distance(ll_to_earth(0, 0), ll_to_earth(0, 0))").fetchone()
    assert row == (0.0,)


def test_it_is_made_apart_and_moved(admin: Connection) -> None:
    admin.execute("CREATE FUNCTION public.moddatetime() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with pytest.raises(psycopg.errors.DuplicateFunction):
        create_extension(admin, "moddatetime")
    create_extension(admin, "vector" if _has(admin, "vector") else "bloom")
    row = admin.execute("SELECT to_regnamespace('migration_bot_new_extension')::text").fetchone()
    assert row == (None,)


def _has(admin: Connection, name: str) -> bool:
    query = "SELECT FROM pg_available_extensions WHERE name = %s"
    return admin.execute(query, (name,)).fetchone() is not None


def test_one_that_is_not_on_the_list_is_created_for_nobody(admin: Connection) -> None:
    with pytest.raises(PostgresError, match="not let in"):
        create_extension(admin, "dblink")


def test_one_that_is_not_there_is_the_server_s_to_refuse(admin: Connection) -> None:
    with pytest.raises(psycopg.Error):
        create_extension(admin, "postgis")


def test_the_list_holds_nothing_that_reaches_out() -> None:
    assert not LET_IN & {"dblink", "postgres_fdw", "file_fdw", "adminpack", "plpython3u", "plperlu"}
    assert FIRST < LET_IN
