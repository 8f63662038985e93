"""kill -9 in the midst of rehearsals: what the next one leaves is nothing."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.rehearsal.places.leftovers import PREFIX
from bot.adapters.postgres.rehearsal.places.templates import SUFFIX
from bot.adapters.postgres.server import start_server
from tests.adapters.postgres.processes import ROOT, becomes_true

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

REHEARSING = """
import sys
from pathlib import Path
from bot.adapters.postgres.rehearsal.places.given_place import open_given_place
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.templates import Templates
from bot.core.rehearsals.rehearsal_order import BaseMigration, Order
print("begun", flush=True)
where, history = sys.argv[1:]
base = tuple(
    BaseMigration(f"m{n}", f"CREATE TABLE t{n} (id serial PRIMARY KEY, a text UNIQUE)", history)
    for n in range(60)
)
order = Order(base=base, new=(), postgres=18, roles=("app",), extensions=("uuid-ossp",))
given = where.startswith("postgresql:")
place = open_given_place(where, order) if given else open_own_place(
    order, templates=Templates(Path(where)))
with place as it:
    for migration in base[it.cached:]:
        with it.author() as connection:
            connection.execute(migration.sql.encode())
    it.keep()
    with it.author() as connection:
        connection.execute("SELECT pg_sleep(0.1)")
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    """A place for temporary files, with a name that leaves room for a socket's."""
    short = Path(tempfile.mkdtemp(prefix="bot"))
    short.chmod(0o711)
    (short / "tmp").mkdir(mode=0o1777)
    (short / "tmp").chmod(0o1777)
    yield short
    shutil.rmtree(short)


def rehearsing(directory: Path, where: str, history: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", REHEARSING, where, history],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(directory / "tmp")},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill(process: "subprocess.Popen[str]", *, after: float, with_children: bool) -> bool:
    """Whether it was at work still."""
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(after)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    wardens = children.read_text().split() if with_children and process.poll() is None else []
    at_work = process.poll() is None
    for pid in (process.pid, *map(int, wardens)):
        if at_work:
            os.kill(pid, 9)
    process.wait()
    process.stdout.close()
    return at_work


def run_undisturbed(directory: Path, where: str, history: str) -> None:
    process = rehearsing(directory, where, history)
    process.communicate(timeout=60)
    assert process.returncode == 0


def processes_in(directory: Path) -> list[str]:
    """Processes that have to do with a directory: a server names it, a warden has a lock there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_text(errors="replace")
            files = [str(each.readlink()) for each in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(str(directory / "tmp") in text for text in (line, *files)):
            found.append(line)
    return found


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_kills_leave_no_process_no_directory_and_no_half_template(
    directory: Path, kills: int
) -> None:
    chance = random.Random(20261122)
    cache = directory / "cache"
    at_work = 0
    for number in range(kills):
        if number % 5 == 0:
            shutil.rmtree(cache, ignore_errors=True)
        process = rehearsing(directory, str(cache), str(number))
        moment = chance.uniform(0, 1.2 if number % 5 == 0 else 0.6)
        at_work += kill(process, after=moment, with_children=number % 2 == 0)
        run_undisturbed(directory, str(cache), str(number))
        assert becomes_true(lambda: list((directory / "tmp").iterdir()) == []), number
        assert processes_in(directory) == [], number
        assert {each.suffix for each in cache.iterdir()} == {SUFFIX}, number
    assert at_work > 0.6 * kills


@pytest.mark.soak
def test_kills_leave_no_database_and_no_role_on_a_server_that_was_given(directory: Path) -> None:
    chance = random.Random(20261122)
    ours = f"SELECT rolname FROM pg_roles WHERE rolname = 'app' OR rolname ^@ '{PREFIX}'"
    databases = "SELECT datname FROM pg_database WHERE datname NOT LIKE 'template_'"
    with start_server() as server:
        for number in range(12):
            process = rehearsing(directory, server.url(), str(number))
            kill(process, after=chance.uniform(0, 0.6), with_children=False)
            run_undisturbed(directory, server.url(), str(number))
            with psycopg.connect(server.url()) as connection:
                assert connection.execute(ours).fetchall() == []
                assert connection.execute(databases).fetchall() == [("postgres",)]
