"""Scenarios 42 and 43: a fleet of 300 tenants, of which some fail, and which is killed half-way."""

import json
import signal
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from bot.errors import ExitCode
from tests.fakes import migration
from tests.faults.invariants import left_in_server
from tests.faults.runner import Command, command

pytestmark = pytest.mark.faults

COUNT = 300
CONFIG = """
targets:
  tenants:
    kind: staging
    drift: "off"
    fleet:
      urls_env: TENANT_URLS
      errors: 12
      per_server: 4
      waves: [{name: canary, count: 1}, {name: early, count: 60}, {name: rest, rest: true}]
"""
INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY, n int);\n")
MORE = migration(
    "20260201000000_more",
    "ALTER TABLE a ADD CONSTRAINT a_n_key UNIQUE (n);\nINSERT INTO a VALUES (100, 100);\n",
)
AWAY = {f"away_{number}": f"postgresql://127.0.0.1:9/away_{number}" for number in range(3)}


def tenants(database: str) -> dict[str, str]:
    """Schemas of one database, each with a URL of its own as Prisma writes it."""
    parts = urlsplit(database)
    return {
        name: parts._replace(query="&".join(filter(None, [parts.query, f"schema={name}"]))).geturl()
        for name in (f"tenant_{number:03}" for number in range(COUNT))
    }


def begin(folder: Path, urls: Mapping[str, str], *, more: bool) -> Command:
    (folder / "config.yml").write_text(CONFIG)
    environ = {"MIGRATION_BOT_CONFIG": "config.yml", "TENANT_URLS": json.dumps(urls)}
    history = (INIT, MORE) if more else (INIT,)
    return command(folder, "", history, "--format", "json", target="tenants", environ=environ)


def apply(folder: Path, urls: Mapping[str, str], *, more: bool) -> tuple[int, dict[str, str]]:
    """The exit code, and what became of each tenant."""
    code, said = begin(folder, urls, more=more).ending()
    assert "{" in said, said
    told = json.JSONDecoder().raw_decode(said[said.index("{") :])[0]
    return code, {each["tenant"]: each["state"] for each in told["fleet"]["tenants"]}


def rows(database: str, name: str) -> list[tuple[str, int]]:
    query = "SELECT migration_name, count(*) FROM {}._prisma_migrations GROUP BY 1 ORDER BY 1"
    with psycopg.connect(database) as connection:
        return connection.execute(sql.SQL(query).format(sql.Identifier(name))).fetchall()


def test_42_tenant_37_of_300_has_bad_data_and_a_server_is_down(
    database: str, tmp_path: Path
) -> None:
    urls = tenants(database)
    assert apply(tmp_path, urls, more=False)[0] == ExitCode.FINE
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO tenant_037.a VALUES (1, 7), (2, 7)")

    code, states = apply(tmp_path, {**urls, **AWAY}, more=True)

    assert code == ExitCode.POSTGRES
    assert states.pop("tenant_037") == "parked"
    assert {states.pop(name) for name in AWAY} == {"failed"}
    assert set(states.values()) == {"applied"}
    assert rows(database, "tenant_037") == [(INIT.name, 1)]
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM tenant_037.a WHERE id = 2")
    code, states = apply(tmp_path, urls, more=True)
    assert code == ExitCode.FINE
    assert [name for name, state in states.items() if state == "applied"] == ["tenant_037"]
    for name in urls:
        assert rows(database, name) == [(INIT.name, 1), (MORE.name, 1)]


def test_43_the_whole_job_is_killed_half_way(database: str, tmp_path: Path) -> None:
    urls = tenants(database)
    running = begin(tmp_path, urls, more=True)
    done = "SELECT count(*) FROM pg_class WHERE relname = '_prisma_migrations'"
    with psycopg.connect(database, autocommit=True) as connection:
        while connection.execute(done).fetchone() < (COUNT // 2,):  # type: ignore[operator]
            assert running.process.poll() is None
        running.interrupt(signal.SIGKILL)
        running.ending()

        code, states = apply(tmp_path, urls, more=True)

        assert code == ExitCode.FINE
        assert set(states.values()) == {"applied", "current"}
        for name in urls:
            assert rows(database, name) == [(INIT.name, 1), (MORE.name, 1)]
        assert left_in_server(connection) == []
