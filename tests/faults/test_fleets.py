"""Scenarios 42 and 43: a fleet of which some tenants fail, and which is killed half-way.

It has 300 tenants on one server, and 60 on the others: what is decided about a wave does not depend
on the server. MIGRATION_BOT_FAULTS=all has 300 on each.
"""

import json
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from bot.errors import ExitCode
from tests.conftest import SERVERS
from tests.fakes import migration
from tests.faults.figures import EVERYTHING
from tests.faults.invariants import left_in_server
from tests.faults.judging import Judge
from tests.faults.runner import Command, command

pytestmark = pytest.mark.faults

CONFIG = """
targets:
  tenants:
    kind: staging
    drift: "off"
    fleet:
      urls_env: TENANT_URLS
      errors: {errors}
      per_server: 4
      waves: [{{name: canary, count: 1}}, {{name: early, count: 20}}, {{name: rest, rest: true}}]
"""
INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY, n int);\n")
MORE = migration(
    "20260201000000_more",
    "ALTER TABLE a ADD CONSTRAINT a_n_key UNIQUE (n);\nINSERT INTO a VALUES (100, 100);\n",
)
# Nobody's port: the server of what the last wave has besides.
AWAY = {f"away_{number}": f"postgresql://127.0.0.1:9/away_{number}" for number in range(3)}
CANARY, EARLY = 1, 20
DOUBLES = "INSERT INTO {}.a VALUES (1, 7), (2, 7)"
MENDED = "DELETE FROM {}.a WHERE id = 2"


@pytest.fixture
def count(request: pytest.FixtureRequest) -> int:
    """How many tenants."""
    first = next(iter(SERVERS)) in request.node.name
    return 300 if first or EVERYTHING else 60


def names_of(count: int) -> list[str]:
    return [f"tenant_{number:03}" for number in range(count)]


def tenants(database: str, count: int) -> dict[str, str]:
    """Schemas of one database, each with a URL of its own as Prisma writes it."""
    parts = urlsplit(database)
    return {
        name: parts._replace(query="&".join(filter(None, [parts.query, f"schema={name}"]))).geturl()
        for name in names_of(count)
    }


def begin(folder: Path, urls: Mapping[str, str], *, more: bool, errors: int) -> Command:
    (folder / "config.yml").write_text(CONFIG.format(errors=errors))
    environ = {"MIGRATION_BOT_CONFIG": "config.yml", "TENANT_URLS": json.dumps(urls)}
    history = (INIT, MORE) if more else (INIT,)
    return command(folder, "", history, "--format", "json", target="tenants", environ=environ)


def apply(
    folder: Path, urls: Mapping[str, str], *, more: bool, errors: int = 4
) -> tuple[int, dict[str, str]]:
    """The exit code, and what became of each tenant."""
    code, said = begin(folder, urls, more=more, errors=errors).ending()
    assert "{" in said, said
    told = json.JSONDecoder().raw_decode(said[said.index("{") :])[0]
    return code, {each["tenant"]: each["state"] for each in told["fleet"]["tenants"]}


def rows(database: str, name: str) -> list[tuple[str, int]]:
    query = "SELECT migration_name, count(*) FROM {}._prisma_migrations GROUP BY 1 ORDER BY 1"
    with psycopg.connect(database) as connection:
        return connection.execute(sql.SQL(query).format(sql.Identifier(name))).fetchall()


def in_each(database: str, statement: str, names: Iterable[str]) -> None:
    with psycopg.connect(database) as connection:
        for name in names:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def with_state(states: Mapping[str, str], *wanted: str) -> list[str]:
    return [name for name, state in states.items() if state in wanted]


def test_42_tenant_37_of_300_has_bad_data_and_a_server_is_down(
    database: str, judge: Judge, tmp_path: Path, count: int
) -> None:
    urls = tenants(database, count)
    assert apply(tmp_path, urls, more=False)[0] == ExitCode.FINE
    in_each(database, DOUBLES, ["tenant_037"])

    code, states = apply(tmp_path, {**urls, **AWAY}, more=True)

    assert code == ExitCode.POSTGRES
    assert states.pop("tenant_037") == "parked"
    assert {states.pop(name) for name in AWAY} == {"failed"}
    assert set(states.values()) == {"applied"}
    assert rows(database, "tenant_037") == [(INIT.name, 1)]
    judge.agrees(urls["tenant_037"], (INIT, MORE))
    in_each(database, MENDED, ["tenant_037"])
    code, states = apply(tmp_path, urls, more=True)
    assert code == ExitCode.FINE
    assert with_state(states, "applied") == ["tenant_037"]
    for name in urls:
        assert rows(database, name) == [(INIT.name, 1), (MORE.name, 1)]
    judge.agrees(urls["tenant_037"], (INIT, MORE))


def test_42_more_tenants_fail_than_may(database: str, tmp_path: Path) -> None:
    """First those of the second wave, then the server of the third."""
    names = names_of(40)
    urls = tenants(database, 40)
    assert apply(tmp_path, urls, more=False)[0] == ExitCode.FINE
    bad, last = names[5:12:2], names[CANARY + EARLY :]
    in_each(database, DOUBLES, bad)

    code, states = apply(tmp_path, {**urls, **AWAY}, more=True, errors=2)

    assert code != ExitCode.FINE
    assert len(with_state(states, "parked")) == 3
    assert {states[name] for name in last} == {"not started"}
    done = with_state(states, "applied")
    assert [name for name in names if len(rows(database, name)) == 2] == done

    in_each(database, MENDED, bad)
    code, states = apply(tmp_path, {**urls, **AWAY}, more=True, errors=2)

    assert code != ExitCode.FINE
    assert with_state(states, "failed") == [*AWAY]
    assert with_state(states, "current") == done
    done += with_state(states, "applied")

    code, states = apply(tmp_path, urls, more=True, errors=2)

    assert code == ExitCode.FINE
    assert with_state(states, "current") == sorted(done)
    assert sorted(done + with_state(states, "applied")) == names
    for name in names:
        assert rows(database, name) == [(INIT.name, 1), (MORE.name, 1)]


def test_43_the_whole_job_is_killed_half_way(
    database: str, judge: Judge, tmp_path: Path, count: int
) -> None:
    urls = tenants(database, count)
    running = begin(tmp_path, urls, more=True, errors=4)
    done = "SELECT count(*) FROM pg_class WHERE relname = '_prisma_migrations'"
    with psycopg.connect(database, autocommit=True) as connection:
        while connection.execute(done).fetchone() < (count // 2,):  # type: ignore[operator]
            assert running.process.poll() is None
        running.interrupt(signal.SIGKILL)
        running.ending()

        code, states = apply(tmp_path, urls, more=True)

        assert code == ExitCode.FINE
        assert set(states.values()) == {"applied", "current"}
        for name in urls:
            assert rows(database, name) == [(INIT.name, 1), (MORE.name, 1)]
        assert left_in_server(connection) == []
    judge.agrees(urls[names_of(count)[-1]], (INIT, MORE))
