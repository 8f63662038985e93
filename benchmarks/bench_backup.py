"""A backup and its proofs, against pg_dump and pg_restore with the same jobs and compression.

The floor is a copy of the files that the database has; it is measured in the same rounds.
"""

import argparse
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from benchmarks.results import Line, Result
from benchmarks.showing import show
from benchmarks.timing import Work, in_turns, rounds_of, stopwatch
from bot.adapters.postgres.backups.dump import DUMP, JOBS, Dumping, compression, take_backup
from bot.adapters.postgres.backups.proof import prove, scratch_server
from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.tools import Installation, best_for_dump, best_for_proof
from bot.core.backups.backup import Manifest
from bot.core.backups.level import Level
from bot.core.targets.url import parse_url

DUMPING = "pg_dump"
COPYING = "the floor: the database's files, copied"
BACKUP = "backup: snapshot, dump, counts, SHA-256, manifest"
SUMMED = "the same for level content: a sum over all rows"
RESTORING = "a scratch server, and pg_restore"
DECODED = "proof by decode: every file read to its end"
PROOF = "proof by restore: scratch server, schema and counts compared"
COMPARED = "proof by content: the same, and all rows compared"
SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "autovacuum": "off"}

SECONDS = 150
FULL = {"megabytes": 200, "rounds": 4, "pgbench": False}
QUICK = {"megabytes": 1, "rounds": 1, "pgbench": False}
TABLES = 6
BYTES_PER_ROW = 210
# One unit of pgbench's scale is 100,000 accounts.
MEGABYTES_A_SCALE = 15
ROWS = """
CREATE TABLE {name} (
  id bigint PRIMARY KEY, account_id int NOT NULL, state text NOT NULL, amount numeric(12, 2),
  note text, created_at timestamptz NOT NULL
);
INSERT INTO {name}
SELECT n, n % 9973, (ARRAY['new', 'paid', 'sent', 'done'])[1 + n % 4], n % 100000 / 100.0,
       md5(n::text) || ' ' || md5((n / 7)::text), '2024-01-01'::timestamptz + n * interval '7 s'
  FROM generate_series(1, {rows}) AS n;
CREATE INDEX {name}_account ON {name} (account_id, created_at);
"""


@dataclass(frozen=True)
class Bench:
    """A filled database, and a directory for everything that is made of it."""

    server: Server
    url: str
    place: Path

    @property
    def dumper(self) -> Installation:
        return best_for_dump(self.server.major)

    def fresh(self) -> Path:
        return self.place / secrets.token_hex(4)

    def dump(self, place: Path) -> float:
        arguments = ["--format=directory", f"--file={place}", f"--jobs={JOBS}"]
        with stopwatch() as elapsed:
            _program(
                self.dumper, "pg_dump", [*arguments, f"--compress={compression(self.dumper)}"],
                self.url,
            )  # fmt: skip
        return elapsed()

    def dump_once(self) -> float:
        place = self.fresh()
        seconds = self.dump(place)
        shutil.rmtree(place)
        return seconds

    def copy_once(self) -> float:
        place = self.fresh()
        with stopwatch() as elapsed:
            shutil.copytree(self.server.data_directory / "base", place)
        shutil.rmtree(place)
        return elapsed()

    def back_up(self, level: Level) -> tuple[Manifest, Path, float]:
        place = self.fresh()
        wanted = Dumping(level=level)
        with stopwatch() as elapsed:
            manifest = take_backup(
                "bench", parse_url(self.url), place, run_id="bench", wanted=wanted
            )
        assert manifest.tables
        return manifest, place, elapsed()

    def back_up_once(self, level: Level) -> float:
        _, place, seconds = self.back_up(level)
        shutil.rmtree(place)
        return seconds

    def restore(self, dumped: Path) -> float:
        with stopwatch() as elapsed, scratch_server(best_for_proof(self.dumper.major)) as scratch:
            url = scratch.create_database("restored")
            arguments = ["--exit-on-error", f"--jobs={JOBS}", f"--dbname={url}", str(dumped)]
            _program(scratch.installation, "pg_restore", arguments)
        return elapsed()


def prove_once(manifest: Manifest, directory: Path, level: Level) -> float:
    with stopwatch() as elapsed:
        proof = prove(manifest, directory, level=level)
    assert proof.ok
    return elapsed()


def _program(tool: Installation, name: str, arguments: Sequence[str], *database: str) -> None:
    subprocess.run([tool.bin / name, "--no-password", *arguments, *database], check=True)


def fill(url: str, megabytes: int) -> int:
    """Make the tables, and say how large the database has become, in megabytes."""
    rows = max(1, megabytes * 1_000_000 // TABLES // BYTES_PER_ROW)
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(TABLES):
            connection.execute(ROWS.format(name=f"ledger_{number}", rows=rows).encode())
        connection.execute("VACUUM ANALYZE")
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert found is not None
    return int(found[0]) // 1_000_000


def fill_by_pgbench(tool: Installation, url: str, megabytes: int) -> int:
    """The same, with the tables that pgbench makes: one is nearly all of it."""
    scale = max(1, megabytes // MEGABYTES_A_SCALE)
    subprocess.run(
        [tool.bin / "pgbench", "--initialize", "--quiet", f"--scale={scale}", url],
        check=True,
        capture_output=True,
    )
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert found is not None
    return int(found[0]) // 1_000_000


def run(megabytes: int, rounds: int, *, pgbench: bool) -> list[Result]:
    with tempfile.TemporaryDirectory() as directory, start_server(settings=SETTINGS) as server:
        bench = Bench(server, server.create_database("bench"), Path(directory))
        if pgbench:
            size = fill_by_pgbench(server.installation, bench.url, megabytes)
        else:
            size = fill(bench.url, megabytes)
        manifest, place, _ = bench.back_up(Level.CONTENT)
        work: dict[str, Work] = {
            COPYING: bench.copy_once,
            DUMPING: bench.dump_once,
            BACKUP: partial(bench.back_up_once, Level.RESTORE),
            SUMMED: partial(bench.back_up_once, Level.CONTENT),
            RESTORING: partial(bench.restore, place / manifest.path / DUMP),
            DECODED: partial(prove_once, manifest, place, Level.DECODE),
            PROOF: partial(prove_once, manifest, place, Level.RESTORE),
            COMPARED: partial(prove_once, manifest, place, Level.CONTENT),
        }
        measured = in_turns(work, rounds=rounds, seconds=SECONDS)
    lines = (
        Line(COPYING, measured[COPYING]),
        Line(DUMPING, measured[DUMPING]),
        Line(BACKUP, measured[BACKUP], measured[DUMPING], "≤ 1.1 ×"),
        Line(SUMMED, measured[SUMMED], measured[DUMPING]),
        Line(RESTORING, measured[RESTORING]),
        Line(DECODED, measured[DECODED], measured[RESTORING]),
        Line(PROOF, measured[PROOF], measured[RESTORING], "≤ 1.2 ×"),
        Line(COMPARED, measured[COMPARED], measured[RESTORING]),
    )
    made = "pgbench's tables" if pgbench else f"{TABLES} tables"
    how = f"{JOBS} jobs, {compression(bench.dumper)}, {rounds_of(measured)}"
    return [Result(f"a database of {size} MB ({made}), {how}", lines)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pgbench", action="store_true", help="its tables in place of ours")
    chosen = parser.parse_args()
    show(run(chosen.megabytes, chosen.rounds, pgbench=chosen.pgbench))
