"""`apply` of a whole history on an empty database, against a loop that only runs the files."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

from benchmarks.histories import make_history, write_history
from benchmarks.results import Line, Result
from benchmarks.showing import show
from benchmarks.timing import Work, in_turns, rounds_of, stopwatch
from bot.adapters.postgres.server import Server, start_server
from bot.commands.session import Options
from bot.core.migrations.migration import Migration
from bot.flows.targets.rollout import order_for
from bot.rollout.procedure import roll_out
from bot.wiring.worlds import build_world

ROOT = Path(__file__).parents[1]
FLOOR = "a psycopg loop, each file as one message"
INSIDE = "apply, in this process"
WHOLE = "apply, as a process of its own"
SECONDS = 180
FULL = {"count": 800, "rounds": 5, "prisma": True}
QUICK = {"count": 3, "rounds": 1, "prisma": False}
GOALS = {INSIDE: "≤ 1.5 ×", WHOLE: "≤ 1.5 ×"}
PRISMA = "prisma migrate deploy"
SCHEMA = 'datasource db {\n  provider = "postgresql"\n}\n'
ROWS = "SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"
SETTINGS = {"autovacuum": "off"}


@dataclass(frozen=True)
class Bench:
    """A server, and a folder with the history that is applied on it again and again."""

    server: Server
    place: Path
    migrations: Sequence[Migration]

    def on_empty(self, work: Callable[[str], float], *, recorded: bool) -> float:
        """Do the work on a new database, see that it was done, and drop it, all off the clock."""
        url = self.server.create_database("bench")
        seconds = work(url)
        if recorded:
            with psycopg.connect(url) as connection:
                found = connection.execute(ROWS).fetchone()
            assert found == (len(self.migrations),), found
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute("DROP DATABASE bench WITH (FORCE)")
        return seconds

    def loop(self, url: str) -> float:
        with stopwatch() as elapsed, psycopg.connect(url, autocommit=True) as connection:
            for each in self.migrations:
                connection.execute(each.sql.encode())
        return elapsed()

    def inside(self, url: str) -> float:
        environ = {**os.environ, "STAGING_DATABASE_URL": url}
        with stopwatch() as elapsed:
            made = build_world(Options(migrations=str(self.place), verbosity=-1), environ)
            target = made.settings.target("staging")
            outcome = roll_out(order_for(target, made), made)
        assert len(outcome.applied) == len(self.migrations)
        return elapsed()

    def whole(self, url: str) -> float:
        environ = {**os.environ, "STAGING_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot", "--migrations", str(self.place), "apply", "staging"]
        with stopwatch() as elapsed:
            done = subprocess.run(command, cwd=self.place.parent, env=environ, capture_output=True)
        if done.returncode:
            raise SystemExit(done.stderr.decode())
        return elapsed()

    def prisma(self, url: str) -> float:
        """As its own process too. The CLI is the one that the tests ask."""
        from tests.prisma.oracle import find_prisma

        project, judge = self.place.parent, find_prisma()
        (project / "schema.prisma").write_text(SCHEMA, "utf-8")
        with stopwatch() as elapsed:
            done = judge.deploy(url, project)
        if done.code:
            raise SystemExit(done.text)
        return elapsed()


def run(count: int, rounds: int, *, prisma: bool = False) -> list[Result]:
    prisma, notes = (prisma, ()) if not prisma else _prisma_there()
    migrations = make_history(count)
    with tempfile.TemporaryDirectory() as directory, start_server(settings=SETTINGS) as server:
        bench = Bench(server, write_history(migrations, Path(directory)), migrations)
        work: dict[str, Work] = {
            FLOOR: partial(bench.on_empty, bench.loop, recorded=False),
            INSIDE: partial(bench.on_empty, bench.inside, recorded=True),
            WHOLE: partial(bench.on_empty, bench.whole, recorded=True),
        }
        if prisma:
            work[PRISMA] = partial(bench.on_empty, bench.prisma, recorded=True)
        measured = in_turns(work, rounds=rounds, seconds=SECONDS)
    floor = measured[FLOOR]
    lines = tuple(
        Line(name, sample, None if name == FLOOR else floor, GOALS.get(name, ""))
        for name, sample in measured.items()
    )
    title = f"{count:,} migrations on an empty database, {rounds_of(measured)}, every row recorded"
    return [Result(f"{title} (PostgreSQL {server.version})", lines, notes)]


def _prisma_there() -> tuple[bool, tuple[str, ...]]:
    """Whether Prisma can be asked, and what to say if not."""
    from tests.prisma.oracle import find_prisma

    try:
        find_prisma()
    except pytest.skip.Exception as missing:
        return False, (f"NOT COMPARED with {PRISMA}: {missing}",)
    return True, ()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--migrations", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prisma", action="store_true", help="beside the real Prisma CLI")
    chosen = parser.parse_args()
    show(run(chosen.migrations, chosen.rounds, prisma=chosen.prisma))
