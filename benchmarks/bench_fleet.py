"""One migration for each of many tenant databases, against a loop that only runs the file.

The loop has as many connections as the fleet: threads that connect, BEGIN, run the file, write the
row, COMMIT. The databases are made from a template, and made anew for each measurement.
"""

import argparse
import json
import os
import queue
import resource
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg

from benchmarks.histories import write_history
from benchmarks.results import Line, Result
from benchmarks.showing import show
from benchmarks.timing import Work, in_turns, rounds_of, stopwatch
from bot.adapters.postgres.migrations_table import create, insert_finished
from bot.adapters.postgres.server import Server, start_server
from bot.commands.session import Options
from bot.core.migrations.migration import Migration
from bot.flows.fleets.rolling import roll_out_fleet
from bot.wiring.worlds import build_world

SECONDS = 120
FULL = {"count": 200, "threads": 16, "rounds": 3}
QUICK = {"count": 3, "threads": 2, "rounds": 1}
FLOOR = "threads: connect, BEGIN, file, row, COMMIT"
FLEET = "apply to the fleet"
INIT = Migration(
    "20260101000000_init", "init", "CREATE TABLE orders (id int PRIMARY KEY, n int);\n"
)
MORE = Migration(
    "20260201000000_more",
    "more",
    "ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX orders_n ON orders (n);\n",
)
ROW = """INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at,
    applied_steps_count) VALUES (%s, %s, %s, now(), now(), 1)"""
ROWS = "SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"
CONFIG = """
targets:
  tenants:
    kind: development
    fleet: {{urls_env: TENANT_URLS, parallel: {threads}, per_server: {threads}}}
"""
SETTINGS = {"autovacuum": "off", "max_connections": "200"}


@dataclass(frozen=True)
class Bench:
    """A server with a template, and a folder with the two migrations."""

    server: Server
    place: Path
    count: int
    threads: int

    def on_fresh(self, work: Callable[[dict[str, str]], float]) -> float:
        """Do the work on new databases, see that all of them have it, and drop them."""
        names = [f"tenant_{number:05}" for number in range(self.count)]
        self._each(names, "CREATE DATABASE {} TEMPLATE shape STRATEGY file_copy")
        urls = {name: self.server.url(name) for name in names}
        seconds = work(urls)
        for name in (names[0], names[len(names) // 2], names[-1]):
            with psycopg.connect(urls[name]) as connection:
                assert connection.execute(ROWS).fetchone() == (2,)
        self._each(names, "DROP DATABASE {}")
        return seconds

    def _each(self, names: list[str], statement: str) -> None:
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            for name in names:
                connection.execute(statement.format(name).encode())

    def loop(self, urls: dict[str, str]) -> float:
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        for url in urls.values():
            waiting.put(url)

        def worker() -> None:
            while not waiting.empty():
                try:
                    url = waiting.get_nowait()
                except queue.Empty:
                    return
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute("BEGIN")
                    connection.execute(MORE.sql.encode())
                    connection.execute(ROW, (str(uuid4()), MORE.checksum, MORE.name))
                    connection.execute("COMMIT")

        with stopwatch() as elapsed:
            workers = [threading.Thread(target=worker) for _ in range(self.threads)]
            for each in workers:
                each.start()
            for each in workers:
                each.join()
        return elapsed()

    def fleet(self, urls: dict[str, str]) -> float:
        environ = {**os.environ, "TENANT_URLS": json.dumps(urls)}
        folder = str(self.place / "prisma/migrations")
        config = str(self.place / "config.yml")
        options = Options(config=config, migrations=folder, verbosity=-1)
        with stopwatch() as elapsed:
            made = build_world(options, environ)
            outcome = roll_out_fleet(made.settings.target("tenants"), made)
        assert outcome.complete, outcome.words
        return elapsed()


def run(count: int, threads: int, rounds: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as directory, start_server(settings=SETTINGS) as server:
        place = Path(directory)
        write_history([INIT, MORE], place)
        config = CONFIG.format(threads=threads)
        (place / "config.yml").write_text(config, encoding="utf-8")
        shape = server.create_database("shape")
        with psycopg.connect(shape, autocommit=True) as connection:
            create(connection)
            connection.execute(INIT.sql.encode())
            insert_finished(connection, INIT.name, INIT.checksum, id=str(uuid4()))
        bench = Bench(server, place, count, threads)
        work: dict[str, Work] = {
            FLOOR: partial(bench.on_fresh, bench.loop),
            FLEET: partial(bench.on_fresh, bench.fleet),
        }
        measured = in_turns(work, rounds=rounds, seconds=SECONDS, warm_up=0)
    floor = measured[FLOOR]
    lines = (Line(FLOOR, floor), Line(FLEET, measured[FLEET], floor, "≤ 1.3 ×"))
    title = f"one file on each of {count:,} databases, {threads} connections, {rounds_of(measured)}"
    rate = count / measured[FLEET].median
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{rate:,.0f} databases a second; at most {peak:,.0f} MB of memory."
    return [Result(f"{title} (PostgreSQL {server.version})", lines, (note,))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    show(run(chosen.databases, chosen.threads, chosen.rounds))
