"""A place of our own: what is in it, what the author may there, and what the next one finds."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.rehearsal.places.author import create_author, given_roles
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.place import PINNED, Place
from bot.adapters.postgres.rehearsal.places.shims import shims_for
from bot.adapters.postgres.rehearsal.places.templates import SUFFIX, Templates
from bot.adapters.postgres.tools import Installation, best_for_server
from bot.core.rehearsals.rehearsal_order import Limits
from bot.errors import PostgresError
from tests.adapters.postgres.processes import ROOT, becomes_true, python_for_everybody
from tests.adapters.postgres.rehearsal.places import (
    ORDER,
    one,
    order,
    rehearsed,
    replayed,
    tables,
)

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

AS_ROOT = os.geteuid() == 0
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with open_own_place(
        order(0, roles=("app", "app", "pg_monitor")), templates=Templates(None)
    ) as it:
        yield it


def refused(place: Place, *statements: str) -> str | None:
    with place.author() as connection:
        for statement in statements[:-1]:
            connection.execute(statement.encode())
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statements[-1].encode())
        return caught.value.sqlstate


def test_the_author_owns_the_only_database_and_is_nobody_else(place: Place) -> None:
    with place.author() as connection:
        assert one(connection, "SELECT session_user") == place.role
        owned = "SELECT array_agg(datname || ' ' || datdba::regrole) FROM pg_database"
        assert one(connection, owned) == [f"rehearsal {place.role}"]
        mighty = "rolsuper OR rolcreatedb OR rolreplication OR rolbypassrls"
        assert (
            one(connection, f"SELECT {mighty} FROM pg_roles WHERE rolname = session_user") is False
        )
        member = "SELECT count(*) FROM pg_auth_members WHERE member = session_user::regrole"
        assert one(connection, member) == 0
        connection.execute("CREATE SCHEMA mine; CREATE TABLE mine.t (a int)")


def test_there_is_no_address_to_reach_it_at(place: Place) -> None:
    with place.author() as connection:
        assert one(connection, "SHOW listen_addresses") == ""
        assert one(connection, "SHOW log_temp_files") == "0"
        assert one(connection, "SHOW client_min_messages") == "debug1"
        assert one(connection, "SHOW statement_timeout") == "65s"


@pytest.mark.parametrize(
    "wish",
    [
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/out'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT lo_import('/etc/passwd')",
        "CREATE ROLE mighty SUPERUSER",
        "CREATE ROLE mighty BYPASSRLS",
        "CREATE ROLE mighty REPLICATION",
        "CREATE ROLE mighty CREATEDB",
        "CREATE DATABASE another",
        "ALTER ROLE postgres PASSWORD NULL",
        "ALTER ROLE author SUPERUSER",
        "ALTER ROLE author CONNECTION LIMIT -1",
        "ALTER SYSTEM SET log_temp_files = -1",
        "SET SESSION AUTHORIZATION postgres",
        "SET ROLE postgres",
        "SET ROLE pg_execute_server_program",
        "GRANT postgres TO author",
        "GRANT pg_execute_server_program TO author",
        "GRANT pg_read_server_files TO author",
        "GRANT pg_write_server_files TO author",
        "GRANT pg_monitor TO author",
        "GRANT app TO author",
        "ALTER ROLE app LOGIN",
        "DROP ROLE app",
        "CREATE EXTENSION dblink",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc', 'system'",
        "CREATE TABLESPACE elsewhere LOCATION '/tmp'",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
        "LOAD 'dblink'",
        "SELECT pg_create_logical_replication_slot('s', 'pgoutput')",
    ],
)
def test_what_the_author_may_not_is_refused(place: Place, wish: str) -> None:
    assert refused(place, wish) == "42501"


@pytest.mark.parametrize(
    "wish",
    [
        "GRANT pg_execute_server_program TO helper",
        "GRANT pg_read_server_files TO helper",
        "GRANT postgres TO helper",
        "ALTER ROLE helper SUPERUSER",
        "ALTER ROLE helper CREATEDB",
        "ALTER ROLE helper BYPASSRLS",
        "ALTER ROLE helper SET session_preload_libraries = 'dblink'",
        "SET ROLE helper; GRANT pg_execute_server_program TO helper",
        "SET ROLE helper; GRANT author TO helper WITH ADMIN OPTION",
        "SET ROLE helper; GRANT pg_execute_server_program TO author",
        "SET ROLE helper; CREATE ROLE mighty SUPERUSER",
        "SET ROLE helper; ALTER ROLE author SUPERUSER",
    ],
)
def test_a_role_that_the_author_makes_gives_it_nothing(place: Place, wish: str) -> None:
    if place.server.major < 16:
        pytest.skip("the author makes no roles there")
    prepared = "CREATE ROLE helper CREATEROLE", wish
    assert refused(place, "BEGIN", *prepared) == "42501"


def test_roles_are_made_from_16_on_only() -> None:
    assert "CREATEROLE" not in create_author("author", 15).as_string()
    assert "CREATEROLE" in create_author("author", 16).as_string()


def test_roles_that_the_history_takes_for_granted_are_there_and_can_do_nothing(
    place: Place,
) -> None:
    with place.author() as connection:
        connection.execute("CREATE TABLE shared (a int); GRANT SELECT ON shared TO app")
        assert one(connection, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'") is False


def test_names_that_are_no_role_to_be_made_are_left_out() -> None:
    names = ("pg_monitor", "public", "none", "", "postgres", "author", "é" * 40, "é" * 50, "app")
    assert given_roles(order(0, roles=names)) == ("app", "é" * 31)


def test_the_superusers_connections_are_as_pinned_whatever_the_database_says(place: Place) -> None:
    with place.author() as connection:
        for setting in (
            "search_path = evil",
            "statement_timeout = '1ms'",
            "row_security = on",
            "local_preload_libraries = 'missing'",
            "role = author",
        ):
            connection.execute(f"ALTER DATABASE rehearsal SET {setting}".encode())
    try:
        with place.admin() as connection:
            assert one(connection, "SELECT current_user") == "postgres"
            found = {name: one(connection, f"SHOW {name}") for name in PINNED}
    finally:
        with place.admin() as connection:
            connection.execute("ALTER DATABASE rehearsal RESET ALL")
    assert found == PINNED


def test_the_author_has_few_connections_and_the_superuser_has_one_left(place: Place) -> None:
    held = [place.author() for _ in range(8)]
    try:
        with pytest.raises(PostgresError, match="full"):
            place.author()
        with place.admin() as connection:
            assert one(connection, "SELECT 1") == 1
    finally:
        for connection in held:
            connection.close()


def test_what_shut_it_in_is_told(place: Place) -> None:
    found = place.server
    assert (found.wanted, found.shims) == (18, ())
    assert found.isolation.own_user is AS_ROOT
    assert (found.isolation.disk, found.isolation.seconds) == (2_000_000_000, 600.0)
    if sys.platform == "linux":
        assert found.isolation.memory == 1_000_000_000


@needs_linux
def test_memory_ends_with_an_error(place: Place) -> None:
    # Not the longest text there can be: the memory that there is.
    assert refused(place, "SELECT length(repeat('x', 900000000) || 'y')") == "53200"


def test_temporary_files_end_with_an_error() -> None:
    asked = replace(ORDER, limits=Limits(disk=30_000_000))
    with open_own_place(asked, templates=Templates(None)) as place:
        sorting = "SELECT count(*) FROM (SELECT g FROM generate_series(1, 5000000) g ORDER BY 1) s"
        assert refused(place, "SET work_mem = '64kB'", sorting) == "53400"


def test_disk_is_what_files_take(place: Place) -> None:
    with place.admin() as connection:
        connection.execute("CHECKPOINT")
    before = place.disk_used()
    assert 5_000_000 < before < 100_000_000
    with place.author() as connection:
        connection.execute("CREATE TABLE large AS SELECT g FROM generate_series(1, 500000) AS g")
    with place.admin() as connection:
        connection.execute("CHECKPOINT")
    assert place.disk_used() - before > 10_000_000


def test_a_killed_server_is_gone_and_every_connection_with_it() -> None:
    with open_own_place(ORDER, templates=Templates(None)) as place, place.author() as busy:
        spinning = threading.Thread(target=spin, args=(busy,))
        spinning.start()
        with place.admin() as admin:
            count = (
                "SELECT count(*) FROM pg_stat_activity WHERE query ~ 'LOOP' AND state = 'active'"
            )
            assert becomes_true(lambda: one(admin, count + " AND pid <> pg_backend_pid()") == 1)
        place.kill()
        spinning.join(20)
        assert not spinning.is_alive()
        assert becomes_true(lambda: unreachable(place))
        place.kill()


def spin(connection: psycopg.Connection[object]) -> None:
    with pytest.raises(psycopg.OperationalError):
        connection.execute("DO $$ BEGIN LOOP END LOOP; END $$")


def unreachable(place: Place) -> bool:
    try:
        place.author().close()
    except PostgresError:
        return True
    return False


def test_the_second_place_finds_what_the_first_one_kept(
    installation: Installation, tmp_path: Path
) -> None:
    asked = order(2, postgres=installation.major)
    everything = {"t0", "t1"}
    assert rehearsed(asked, tmp_path / "cache") == (0, everything)
    assert rehearsed(asked, tmp_path / "cache") == (2, everything)


def test_only_what_is_not_in_a_template_is_left_to_replay(tmp_path: Path) -> None:
    assert rehearsed(order(2), tmp_path / "cache") == (0, {"t0", "t1"})
    assert rehearsed(order(4), tmp_path / "cache") == (2, {"t0", "t1", "t2", "t3"})
    assert rehearsed(order(3), tmp_path / "cache") == (2, {"t0", "t1", "t2"})
    assert rehearsed(order(1), tmp_path / "cache") == (0, {"t0"})


def test_a_template_is_of_its_roles_and_limits(tmp_path: Path) -> None:
    rehearsed(order(1), tmp_path / "cache")
    for other in (order(1, roles=("app",)), order(1, limits=Limits(statement=5.0))):
        assert rehearsed(other, tmp_path / "cache") == (0, {"t0"})
        assert rehearsed(other, tmp_path / "cache") == (1, {"t0"})


def test_damage_is_noticed_told_and_repaired(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    rehearsed(order(1), cache)
    for entry in cache.glob("*" + SUFFIX):
        content = bytearray(entry.read_bytes())
        content[len(content) // 2] ^= 0xFF
        entry.write_bytes(content)
    said: list[str] = []
    with open_own_place(order(1), templates=Templates(cache), note=said.append) as place:
        assert place.cached == 0
        replayed(place, order(1))
        place.keep()
    assert said == ["a kept template could not be used, and is made anew"] * 2
    assert rehearsed(order(1), cache) == (1, {"t0"})


def test_what_is_no_template_is_no_error(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    rehearsed(order(1), cache)
    entries = sorted(cache.glob("*" + SUFFIX))
    for entry in entries:
        entry.unlink()
    entries[0].write_text("something else")
    entries[1].mkdir()
    assert rehearsed(order(1), cache) == (0, {"t0"})
    assert rehearsed(order(1), cache) == (1, {"t0"})


def test_a_place_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert rehearsed(order(1), tmp_path / "file" / "cache") == (0, {"t0"})


def test_nothing_is_kept_while_somebody_is_still_connected(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with open_own_place(order(1), templates=Templates(cache)) as place:
        replayed(place, order(1))
        with place.author() as connection:
            connection.execute("BEGIN")
            place.keep()
            assert tables(connection) == {"t0"}
    assert len(list(cache.glob("*" + SUFFIX))) == 1


def test_rehearsals_side_by_side_do_not_break_each_other(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    found: list[tuple[int, set[str]]] = []
    threads = [
        threading.Thread(target=lambda: found.append(rehearsed(order(2), cache))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [names for _, names in found] == [{"t0", "t1"}] * 3
    assert rehearsed(order(2), cache)[0] == 2
    assert {each.suffix for each in cache.iterdir()} == {SUFFIX}


def test_extensions_of_ours_are_found_and_told_and_part_of_the_template(tmp_path: Path) -> None:
    templates = Templates(tmp_path / "cache")
    for _ in range(2):
        with open_own_place(order(0, extensions=("uuid-ossp",)), templates=templates) as place:
            if place.server.major < 18 or shims_for(best_for_server(18), ("uuid-ossp",)) == ():
                pytest.skip("this server has the real one, or wants no other")
            before = place.server
            assert before.shims == ()
            with place.admin() as connection:
                connection.execute('CREATE EXTENSION "uuid-ossp" SCHEMA public')
            with place.author() as connection:
                assert one(connection, "SELECT length(uuid_generate_v4()::text)") == 36
            assert place.server.shims == ("uuid-ossp",)
    with open_own_place(order(0), templates=templates):
        pass
    assert len(list((tmp_path / "cache").glob("*" + SUFFIX))) == 2


ORDINARY = """
import sys
from pathlib import Path
from bot.adapters.postgres.rehearsal.places.templates import Templates
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.core.rehearsals.rehearsal_order import Order
for _ in range(2):
    with open_own_place(Order((), (), 18), templates=Templates(Path(sys.argv[1]))) as place:
        with place.author() as connection:
            connection.execute("CREATE TABLE t (a int)")
        print(place.server.isolation.own_user, place.server.isolation.network)
"""


@needs_linux
def test_an_ordinary_user_rehearses_without_a_network_too(tmp_path: Path) -> None:
    python = python_for_everybody()
    if python is None:
        pytest.skip("no interpreter here that an ordinary user may run")
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    for parent in list(cache.parents)[:-2] if AS_ROOT else []:
        parent.chmod(parent.stat().st_mode | 0o011)
    if AS_ROOT:
        os.chown(cache, 65534, 65534)
    packages = str(Path(psycopg.__file__).parents[1])
    environment = {"PYTHONPATH": f"{ROOT}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [python, "-c", ORDINARY, str(cache)],
        cwd="/",
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        **({"user": 65534, "group": 65534, "extra_groups": []} if AS_ROOT else {}),  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] in ("False False", "False True")
    assert len(list(cache.iterdir())) == 1
