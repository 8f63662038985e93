"""Fleets of real databases: bad data, a server that is down, and the whole process killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.fleet import healthy, read_tenants
from bot.adapters.postgres.server import Server, start_server
from bot.core.targets.fleet import Source, Tenant
from bot.core.targets.url import parse_url
from bot.errors import ExitCode, PostgresError, UsageError

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COUNT = 40
INIT = "CREATE TABLE a (id int PRIMARY KEY, n int);\n"
MORE = "ALTER TABLE a ADD CONSTRAINT a_n_key UNIQUE (n);\nINSERT INTO a VALUES (100, 100);\n"
ROWS = """SELECT migration_name, count(*) FROM _prisma_migrations
    WHERE finished_at IS NOT NULL GROUP BY 1 ORDER BY 1"""
CONFIG = """
targets:
  tenants:
    kind: staging
    fleet: {urls_env: TENANT_URLS, errors: %s, per_server: 2}
"""


@pytest.fixture(scope="module")
def one() -> Iterator[Server]:
    """One server, and not one of each kind: making forty databases takes a while."""
    with start_server() as started:
        yield started


@pytest.fixture
def urls(one: Server) -> Iterator[dict[str, str]]:
    """Empty databases of a fleet."""
    names = [f"fleet_{number:02}" for number in range(COUNT)]
    with psycopg.connect(one.url(), autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield {name: one.url(name) for name in names}
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(tmp_path, "20260101000000_init", INIT)
    (tmp_path / "config.yml").write_text(CONFIG % 12, encoding="utf-8")
    return tmp_path


def write(place: Path, name: str, sql: str) -> None:
    folder = place / "prisma/migrations" / name
    folder.mkdir(parents=True)
    (folder / "migration.sql").write_text(sql, encoding="utf-8")


def command(place: Path, urls: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    bot = [sys.executable, "-m", "bot", "--config", "config.yml"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TENANT_URLS": json.dumps(urls)}
    return [*bot, "apply", "tenants", "--format", "json"], environ


def apply(place: Path, urls: dict[str, str]) -> tuple[int, dict[str, str], dict[str, object]]:
    """The exit code, each tenant's state, and all that is told of the fleet."""
    told, environ = command(place, urls)
    done = subprocess.run(told, cwd=place, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    said = json.loads(done.stdout)["fleet"]
    return done.returncode, {each["tenant"]: each["state"] for each in said["tenants"]}, said


def rows(url: str) -> list[tuple[str, int]]:
    with psycopg.connect(url) as connection:
        return connection.execute(ROWS).fetchall()


def test_bad_data_and_a_server_that_is_down_cost_no_other_tenant_anything(
    place: Path, urls: dict[str, str]
) -> None:
    assert apply(place, urls)[0] == ExitCode.FINE
    with psycopg.connect(urls["fleet_37"]) as connection:
        connection.execute("INSERT INTO a VALUES (1, 7), (2, 7)")
    write(place, "20260201000000_more", MORE)
    away = {f"away_{number}": f"postgresql://127.0.0.1:9/away_{number}" for number in range(3)}

    code, states, said = apply(place, {**urls, **away})

    assert states.pop("fleet_37") == "parked"
    assert {states.pop(name) for name in away} == {"failed"}
    assert set(states.values()) == {"applied"}
    assert code == ExitCode.POSTGRES
    assert said["stopped"] == ""

    # Somebody mends the data, and the server is taken out: the rest is left alone.
    with psycopg.connect(urls["fleet_37"]) as connection:
        connection.execute("DELETE FROM a WHERE id = 2")
    code, states, _ = apply(place, urls)
    assert code == ExitCode.FINE
    assert [name for name, state in states.items() if state == "applied"] == ["fleet_37"]
    assert {tuple(rows(url)) for url in urls.values()} == {
        (("20260101000000_init", 1), ("20260201000000_more", 1))
    }


def test_killed_half_way_it_goes_on_where_it_was_and_nobody_is_migrated_twice(
    place: Path, urls: dict[str, str]
) -> None:
    """A table made twice would be refused, and a row written twice is counted."""
    told, environ = command(place, urls)
    running = subprocess.Popen(
        told, cwd=place, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    half = urls["fleet_20"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.poll() is None and not begun(half):
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, "it was over before it could be killed"

    code, states, _ = apply(place, urls)

    assert code == ExitCode.FINE
    assert {"applied", "current"} == set(states.values()), "some before, some after"
    assert {tuple(rows(url)) for url in urls.values()} == {(("20260101000000_init", 1),)}


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGINT, marks=pytest.mark.soak), signal.SIGTERM]
)
def test_told_to_end_it_stops_in_time_says_how_far_it_is_and_leaves_nobody_behind(
    place: Path, urls: dict[str, str], number: signal.Signals
) -> None:
    some = dict(list(urls.items())[:6])
    write(place, "20260201000000_pause", "CREATE TABLE pause AS SELECT 0 AS seconds;\n")
    assert apply(place, some)[0] == ExitCode.FINE
    for name in ("fleet_02", "fleet_03"):
        change(some[name], "UPDATE pause SET seconds = 600")
    sql = "INSERT INTO a VALUES (100, 100);\nSELECT pg_sleep(seconds) FROM pause;\n"
    write(place, "20260301000000_more", sql)
    told, environ = command(place, some)

    with subprocess.Popen(
        told, cwd=place, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        wait_until(lambda: asleep(some["fleet_02"]) and asleep(some["fleet_03"]))
        running.send_signal(number)
        out, err = running.communicate(timeout=60)

    assert running.returncode == ExitCode.INTERRUPTED, err
    assert "Traceback" not in err
    said = {each["tenant"]: each for each in json.loads(out)["fleet"]["tenants"]}
    assert [each["state"] for each in said.values()] == [
        *["applied"] * 2,
        *["begun"] * 2,
        *["not started"] * 2,
    ]
    assert "at work when the run was interrupted" in said["fleet_02"]["message"]
    wait_until(lambda: not asleep(some["fleet_02"]) and not asleep(some["fleet_03"]))
    has = [name for name, url in some.items() if len(rows(url)) == 3]
    assert has == ["fleet_00", "fleet_01"]

    for name in ("fleet_02", "fleet_03"):
        change(some[name], "UPDATE pause SET seconds = 0")
    code, states, _ = apply(place, some)
    assert code == ExitCode.FINE
    assert [*states.values()] == [*["current"] * 2, *["applied"] * 4]


def change(url: str, query: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(query.encode())


def asleep(url: str) -> bool:
    """Whether a session of ours is in the middle of its migration there."""
    query = """SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event = 'PgSleep' AND application_name LIKE 'migration-bot%'"""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchone() is not None


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def begun(url: str) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT to_regclass('_prisma_migrations')").fetchone()
    return found != (None,)


def test_schemas_of_one_database_are_tenants(database: str, place: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for name in ("tenant_a", "tenant_b", "other"):
            connection.execute(f"CREATE SCHEMA {name}".encode())
    found = read_tenants(Source(schemas=r"tenant\_%"), parse_url(database))
    assert [(each.name, each.url.schema) for each in found] == [
        ("tenant_a", "tenant_a"),
        ("tenant_b", "tenant_b"),
    ]
    urls = {each.name: each.url.text for each in found}
    assert apply(place, urls)[0] == ExitCode.FINE
    with psycopg.connect(database) as connection:
        made = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'a'")
        assert sorted(made.fetchall()) == [("tenant_a",), ("tenant_b",)]


def test_a_query_lists_tenants_and_can_change_nothing(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE customers (name text, database text, gone bool)")
        connection.execute("INSERT INTO customers VALUES ('acme', 'a%c', false), ('x', 'x', true)")
    url = parse_url(database)
    query = "SELECT name, 'postgresql://h/' || database AS url FROM customers WHERE NOT gone"
    (tenant,) = read_tenants(Source(query=query.replace("a%c", "")), url)
    assert (tenant.name, tenant.url.host) == ("acme", "h")
    (tenant,) = read_tenants(Source(query="SELECT 'a' AS name, 'tenant_1' AS schema"), url)
    assert tenant.url.schema == "tenant_1"
    for wrong in ("DELETE FROM customers RETURNING name, name AS url", "SELECT 1; COMMIT"):
        with pytest.raises(PostgresError):
            read_tenants(Source(query=wrong), url)
    for wrong in ("SELECT name FROM customers", "SELECT name, NULL::text AS url FROM customers"):
        with pytest.raises(UsageError, match="query"):
            read_tenants(Source(query=wrong), url)


def test_a_tenant_is_well_if_its_query_says_true(database: str) -> None:
    tenant = Tenant("a", parse_url(database))
    assert healthy(tenant, "SELECT 1 = 1")
    for no in ("SELECT false", "SELECT NULL::bool", "SELECT 1", "SELECT true WHERE false"):
        assert not healthy(tenant, no)
    with pytest.raises(PostgresError):
        healthy(tenant, "CREATE TABLE no ()")
