"""The most memory that `apply` takes as a process, as one file's statements and as files grow."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from benchmarks.histories import make_history, write_history
from benchmarks.results import Line, Result
from benchmarks.showing import show
from benchmarks.timing import Sample
from bot.adapters.postgres.server import Server, start_server
from bot.core.migrations.migration import Migration

ROOT = Path(__file__).parents[1]
STATEMENTS = (10, 1_000, 5_000, 20_000)
MIGRATIONS = (10, 434, 820)
FULL = {"statements": STATEMENTS, "migrations": MIGRATIONS}
QUICK = {"statements": (10,), "migrations": (3,)}
FLOOR = "a Python that only imports the driver"
INSERT = "INSERT INTO orders VALUES ({number}, 'a customer of no particular importance');\n"


def one_file(statements: int) -> list[Migration]:
    """A table, and so many rows, each by a statement of its own."""
    rows = "".join(INSERT.format(number=number) for number in range(statements))
    sql = f"CREATE TABLE orders (id int PRIMARY KEY, name text);\n{rows}"
    return [Migration("20260101000000_rows", "20260101000000_rows", sql)]


def most_memory(server: Server, migrations: list[Migration]) -> tuple[float, float]:
    """Megabytes of a Python that only imports the driver, and of `apply` on a new database."""
    url = server.create_database("memory")
    with tempfile.TemporaryDirectory() as directory:
        folder = write_history(migrations, Path(directory))
        environ = {**os.environ, "STAGING_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        floor = _peak(["-c", "import psycopg"], Path(directory), environ)
        command = ["-m", "bot", "--migrations", str(folder), "apply", "staging"]
        most = _peak(command, Path(directory), environ)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE memory")
    return floor, most


def _peak(arguments: list[str], place: Path, environ: dict[str, str]) -> float:
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=place, env=environ, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"it ended with {process.returncode}")
    return usage.ru_maxrss / 1024


def run(statements: tuple[int, ...], migrations: tuple[int, ...]) -> list[Result]:
    lines: list[Line] = []
    with start_server(settings={"autovacuum": "off"}) as server:
        work = [(f"1 file of {each + 1:,} statements", one_file(each)) for each in statements]
        work += [(f"{each:,} migrations", list(make_history(each))) for each in migrations]
        for name, made in work:
            floor, most = (Sample((each,)) for each in most_memory(server, made))
            if not lines:
                lines.append(Line(FLOOR, floor, unit="MB"))
            lines.append(Line(name, most, floor, unit="MB"))
    return [Result("the most memory of `apply`, a process of its own", tuple(lines))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, nargs="*", default=STATEMENTS)
    parser.add_argument("--migrations", type=int, nargs="*", default=MIGRATIONS)
    chosen = parser.parse_args()
    show(run(tuple(chosen.statements), tuple(chosen.migrations)))
