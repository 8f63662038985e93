"""A rehearsal of one new migration after a whole history, against a loop that runs the files."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg

from benchmarks.histories import make_history
from benchmarks.results import Line, Result
from benchmarks.showing import show
from benchmarks.timing import Work, in_turns, rounds_of, stopwatch
from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.adapters.postgres.server import start_server
from bot.core.migrations.migration import SCRIPT, Migration, checksum_of
from bot.core.rehearsals.rehearsal_order import BaseMigration, NewMigration, Order, Part, Step

ROOT = Path(__file__).parents[1]
FLOOR = "a psycopg loop, each file as one message"
REPLAYED = "rehearse, the whole history replayed"
KEPT = "rehearse, from the kept template"
COLD = "check with a rehearsal, a process of its own, no template"
CHECK = "the same, from the kept template"
NEW = "CREATE SCHEMA brand_new"
SECONDS = 100
FULL = {"count": 820, "rounds": 5}
QUICK = {"count": 3, "rounds": 1}
SETTINGS = {"autovacuum": "off"}


@dataclass(frozen=True)
class Bench:
    """The history as an order, and a directory for templates."""

    migrations: Sequence[Migration]
    directory: Path

    @property
    def order(self) -> Order:
        base = tuple(BaseMigration(each.name, each.sql, each.checksum) for each in self.migrations)
        part = Part((Step(0, NEW),))
        return Order(base, (NewMigration("new", checksum_of(NEW), (part,)),), postgres=18)

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "MIGRATION_BOT_CACHE": str(self.directory / "cache")}

    def loop(self) -> float:
        with start_server(settings=SETTINGS) as server:
            url = server.create_database("bench")
            with stopwatch() as elapsed, psycopg.connect(url, autocommit=True) as connection:
                for each in self.migrations:
                    connection.execute(each.sql.encode())
            return elapsed()

    def rehearsed(self, *, kept: bool) -> float:
        """From nothing to the last answer, with the server's start and end."""
        if not kept:
            shutil.rmtree(self.directory / "cache", ignore_errors=True)
        with stopwatch() as elapsed:
            found = rehearse(self.order, environ=self.environ)
        assert found.base.cached == (len(self.migrations) if kept else 0)
        assert found.migrations[0].refused is None
        return elapsed()

    def checked(self, repository: Path, *, kept: bool) -> float:
        if not kept:
            shutil.rmtree(self.directory / "cache", ignore_errors=True)
        command = [sys.executable, "-m", "bot", "check", "--base", "main"]
        environ = {**self.environ, "PYTHONPATH": str(ROOT)}
        with stopwatch() as elapsed:
            done = subprocess.run(command, cwd=repository, env=environ, capture_output=True)
        if done.returncode or b"Rehearsed on" not in done.stdout:
            raise SystemExit((done.stdout + done.stderr).decode())
        return elapsed()


def platform(directory: Path) -> Path:
    """The platform's repository with a branch that adds one harmless migration."""
    repository = directory / "platform"
    shutil.copytree(ROOT / "prisma", repository / "prisma")
    _git(repository, "init", "-q", "-b", "main")
    _commit(repository)
    _git(repository, "checkout", "-q", "-b", "feature")
    now = datetime.now(UTC) - timedelta(minutes=1)
    folder = repository / "prisma" / "migrations" / f"{now:%Y%m%d%H%M%S}_new"
    folder.mkdir()
    (folder / SCRIPT).write_text('ALTER TABLE "verifications" ADD COLUMN "note" TEXT;\n', "utf-8")
    _commit(repository)
    return repository


def _commit(repository: Path) -> None:
    _git(repository, "add", "-A")
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    _git(repository, *who, "commit", "-q", "-m", "more")


def _git(repository: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", repository, *arguments], check=True)


def run(count: int, rounds: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(make_history(count), Path(name))
        work: dict[str, Work] = {
            FLOOR: bench.loop,
            REPLAYED: partial(bench.rehearsed, kept=False),
            KEPT: partial(bench.rehearsed, kept=True),
        }
        measured = in_turns(work, rounds=rounds, seconds=SECONDS)
        goals = {REPLAYED: "≤ 2 ×", KEPT: "≤ 1 s"}
        floor = measured[FLOOR]
        replayed = tuple(
            Line(name, sample, None if name == FLOOR else floor, goals.get(name, ""))
            for name, sample in measured.items()
        )
        repository = platform(Path(name))
        whole: dict[str, Work] = {
            COLD: partial(bench.checked, repository, kept=False),
            CHECK: partial(bench.checked, repository, kept=True),
        }
        checked = tuple(
            Line(name, sample, None, "≤ 3 s")
            for name, sample in in_turns(whole, rounds=rounds, seconds=SECONDS / 4).items()
        )
    return [
        Result(f"{count:,} migrations replayed, one new, {rounds_of(measured)}", replayed),
        Result("one new migration of the platform", checked),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--migrations", type=int, default=820)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    show(run(chosen.migrations, chosen.rounds))
