"""Hostile migrations on real servers: what they try fails, ends in time, and leaves nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.rehearsal.places.templates import Templates
from bot.adapters.postgres.rehearsal.refusals import MOST_CHARACTERS, refusal_of
from bot.adapters.postgres.rehearsal.running import execute_bounded, transaction
from bot.core.rehearsals.refusal import Refusal
from bot.core.rehearsals.rehearsal_order import BaseMigration, Limits, Order
from bot.core.schemas.schema import Snapshot
from tests.adapters.postgres.processes import becomes_true
from tests.adapters.postgres.rehearsal.hostile import ALONE, SHARED, Hostile
from tests.conftest import SERVERS

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

BASE = (
    "CREATE TABLE caught (who text)",
    "CREATE TABLE orders (id int PRIMARY KEY, total numeric)",
    "INSERT INTO orders SELECT a, a FROM generate_series(1, 100) a",
    "CREATE INDEX ON orders (total)",
)
LIMITS = Limits(statement=1.0, total=600.0, memory=1_000_000_000, disk=250_000_000)
MAJORS = sorted({each.major for each in SERVERS.values()})
# Who may do more than the author, and every setting that is the server's.
STANDING = """
SELECT 'role', rolname, rolsuper::text || rolcreatedb::text || rolbypassrls::text
FROM pg_catalog.pg_roles WHERE rolsuper OR rolcreatedb OR rolbypassrls OR rolreplication
UNION ALL
SELECT 'member', roleid::regrole::text, member::regrole::text
FROM pg_catalog.pg_auth_members WHERE roleid < 16384
UNION ALL
SELECT 'setting', name, setting FROM pg_catalog.pg_settings
WHERE source IN ('configuration file', 'database', 'user', 'database user', 'global')
  AND name NOT IN ('unix_socket_directories', 'extension_control_path')
UNION ALL
SELECT 'database', datname, datdba::regrole::text FROM pg_catalog.pg_database
UNION ALL
SELECT 'language', lanname, lanowner::regrole::text FROM pg_catalog.pg_language
"""


@dataclass
class Scene:
    """A place to be attacked, and what must not change by it."""

    place: Place
    canary: Path
    limits: Limits

    def attack(self, hostile: Hostile) -> Refusal | None:
        guard = Guard(
            self.limits,
            terminate=self._terminate,
            disk_used=self.place.disk_used,
            kill=self.place.kill,
        )
        try:
            with self.place.author() as connection:
                self._run(connection, hostile, guard)
        except psycopg.Error as error:
            return refusal_of(error, guard)
        return None

    def _run(self, connection: Connection, hostile: Hostile, guard: Guard) -> None:
        names = {
            "{canary}": str(self.canary),
            "{role}": self.place.role,
            "{database}": connection.info.dbname,
        }
        statements = []
        for sql in hostile.statements:
            for name, value in names.items():
                sql = sql.replace(name, value)
            statements.append(sql)
        if hostile.together:
            with transaction(connection, guard):
                self._each(connection, statements, guard)
        else:
            self._each(connection, statements, guard)

    def _each(self, connection: Connection, statements: list[str], guard: Guard) -> None:
        for sql in statements:
            with guard.watching(connection):
                execute_bounded(connection, sql)

    def _terminate(self, pid: int) -> None:
        with self.place.admin() as admin:
            admin.execute("SELECT pg_catalog.pg_terminate_backend(%s)", (pid,))

    def standing(self) -> set[tuple[str, ...]]:
        with self.place.admin() as admin:
            return set(admin.execute(STANDING).fetchall())

    def schema(self) -> Snapshot:
        """As the superuser sees it, who looks at everything."""
        with self.place.admin() as admin:
            return snapshot(admin, privileges=True)

    def caught(self) -> set[str]:
        with self.place.admin() as admin:
            rows = admin.execute("SELECT who FROM public.caught").fetchall()
        return {who for (who,) in rows}


def order(major: int) -> Order:
    migrations = tuple(BaseMigration(f"{at}", sql, f"{at}") for at, sql in enumerate(BASE))
    return Order(base=migrations, new=(), postgres=major, limits=LIMITS)


@contextmanager
def scene(major: int, templates: Path, canary: Path) -> Iterator[Scene]:
    """A place with the base in it, from a template if there is one."""
    with open_own_place(order(major), environ={}, templates=Templates(templates)) as place:
        if place.cached < len(BASE):
            with place.author() as connection:
                for sql in BASE[place.cached :]:
                    connection.execute(sql.encode())
            place.keep()
        yield Scene(place, canary, LIMITS)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that the server's user could write to."""
    directory = tmp_path_factory.mktemp("canary")
    directory.chmod(0o777)
    for place in directory.parents[:3]:
        if os.access(place, os.W_OK) and place.stat().st_uid == os.geteuid():
            place.chmod(place.stat().st_mode | 0o055)
    return directory


@pytest.fixture(scope="module", params=MAJORS, ids=str)
def shared(request: pytest.FixtureRequest, templates: Path, canary: Path) -> Iterator[Scene]:
    """One place for all that cannot hurt it; it must be in the end what it was."""
    with scene(request.param, templates, canary) as found:
        before = found.standing()
        yield found
        assert found.standing() == before


@pytest.fixture
def untouched(canary: Path) -> Iterator[None]:
    """The host and our own environment, before and after."""
    environment, directory = own_environment(), Path.cwd()
    yield
    assert list(canary.iterdir()) == []
    assert own_environment() == environment
    assert Path.cwd() == directory


def own_environment() -> dict[str, str]:
    """Less what pytest writes there for itself."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def gone(bystander: Connection, role: str) -> bool:
    """Whether a role has no session any more. One that held every lock leaves none to ask with."""
    query = "SELECT FROM pg_catalog.pg_stat_activity WHERE usename = %s"
    with suppress(psycopg.errors.OutOfMemory):
        return bystander.execute(query, (role,)).fetchone() is None
    return False


def shown(connection: Connection, setting: str) -> str:
    row = connection.execute("SELECT pg_catalog.current_setting(%s)", (setting,)).fetchone()
    assert row is not None
    return str(row[0])


def strangers(directory: str) -> set[str]:
    """What runs in a server's data directory and is no server."""
    found = set[str]()
    for entry in Path("/proc").iterdir() if Path("/proc").exists() else ():
        with suppress(OSError):
            if entry.name.isdigit() and str((entry / "cwd").readlink()).startswith(directory):
                found.add((entry / "comm").read_text().strip())
    return found - {"postgres"}


@pytest.mark.parametrize("hostile", SHARED, ids=str)
def test_what_it_tries_fails(shared: Scene, hostile: Hostile, untouched: None) -> None:
    standing = shared.standing()
    with shared.place.admin() as bystander:
        refusal = shared.attack(hostile)
        assert (refusal and refusal.stop) in hostile.ends, refusal
        # Somebody else's session goes on, and the attacker's is gone.
        assert becomes_true(lambda: gone(bystander, shared.place.role))
        assert strangers(shown(bystander, "data_directory")) == set()
    assert shared.standing() == standing
    assert shared.caught() <= {shared.place.role}
    assert shared.schema()
    if refusal is not None:
        assert refusal.message.isprintable()
        assert len(refusal.message) <= MOST_CHARACTERS
        assert refusal.hint


@pytest.mark.parametrize("hostile", ALONE, ids=str)
def test_it_hurts_nobody_but_itself(
    hostile: Hostile, templates: Path, canary: Path, untouched: None
) -> None:
    major = MAJORS[-1]
    with scene(major, templates, canary) as before:
        schema, standing = before.schema(), before.standing()
        refusal = before.attack(hostile)
        assert (refusal and refusal.stop) in hostile.ends, refusal
        assert before.caught() <= {before.place.role}
        assert schema.items() <= before.schema().items()
        mightier(before)
        assert before.caught() <= {before.place.role}
    with scene(major, templates, canary) as after:
        assert after.place.cached == len(BASE)
        assert after.schema() == schema
        assert after.standing() == standing
        assert after.caught() == set()


def mightier(scene: Scene) -> None:
    """What a superuser does with tables that are not its own."""
    with scene.place.admin() as admin:
        for (table,) in admin.execute(
            "SELECT c.oid::pg_catalog.regclass::text FROM pg_catalog.pg_class c "
            "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::pg_catalog.regnamespace "
            "ORDER BY c.oid LIMIT 5"
        ).fetchall():
            admin.execute(f"ANALYZE {table}".encode())
