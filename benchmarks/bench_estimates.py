"""Estimates from a table of made-up rows, against the same statements on one three times as large.

What is printed under "× its floor" is the time that the statement took on the larger table, over
what was in proportion to the time on the smaller one; an estimate allows 0.7 to 2 of that.
"""

import argparse
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from benchmarks.results import Line, Result
from benchmarks.showing import show
from benchmarks.timing import Sample, stopwatch
from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.rows.synthetic import Synthetic
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.sizes import read_sizes
from bot.core.findings.review import JudgedStatement
from bot.core.migrations.effects import Effects
from bot.core.migrations.statement import Position, Statement
from bot.core.rehearsals.rehearsal import DataKind, Estimate, Measured, TouchedRows
from bot.core.rehearsals.rehearsal_order import DataOrder, Limits
from bot.core.rehearsals.sizes import RelationSize, Sizes
from bot.rehearsing.estimates import estimates_of

FULL = {"rows": 200_000, "rounds": 5}
# Of a table below a megabyte nothing is estimated.
QUICK = {"rows": 20_000, "rounds": 1}
TIMES = 3
LEDGER = "public.ledger"
TABLE = """
CREATE TABLE ledger (id bigint PRIMARY KEY, account int NOT NULL, amount numeric(12, 2), note text,
    at timestamptz, state text);
"""
SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "autovacuum": "off"}


@dataclass(frozen=True)
class Case:
    """A statement, what takes it back, and what a trace of it would say."""

    name: str
    sql: str
    back: str
    measured: Measured


CASES = (
    Case(
        "CREATE INDEX",
        "CREATE INDEX made ON ledger (account, at)",
        "DROP INDEX made",
        Measured(0.0, indexes=("public.made",), scans=(LEDGER,)),
    ),
    Case(
        "SET NOT NULL",
        "ALTER TABLE ledger ALTER state SET NOT NULL",
        "ALTER TABLE ledger ALTER state DROP NOT NULL",
        Measured(0.0, scans=(LEDGER,)),
    ),
    Case(
        "type change",
        "ALTER TABLE ledger ALTER account TYPE bigint",
        "ALTER TABLE ledger ALTER account TYPE int",
        Measured(0.0, rewrites=(LEDGER,)),
    ),
    Case(
        "UPDATE of all rows",
        "BEGIN; UPDATE ledger SET amount = amount + 1",
        "ROLLBACK; VACUUM ledger",
        Measured(0.0, rows=(TouchedRows(LEDGER, updated=1),)),
    ),
)


def filled(url: str, rows: int) -> tuple[Connection, RelationSize]:
    """A connection to a database whose ledger has so many rows, and how big it is."""
    connection = connect(url, application_name="bench")
    connection.execute(TABLE.encode())
    wanted = RelationSize(LEDGER, bytes=rows * 150, heap=rows * 120, rows=rows)
    order = DataOrder(DataKind.SYNTHETIC, budget=10**12, sizes=sizes_of(wanted))
    Synthetic(connection, unwatched(), order, lambda _: None).fill()
    connection.execute(b"UPDATE ledger SET state = 'new' WHERE state IS NULL")
    connection.execute(b"VACUUM FULL ANALYZE ledger")
    found = read_sizes(connection, "target", sleep=lambda _: None, seconds=0).of(LEDGER)
    assert found is not None
    return connection, found


def sizes_of(*relations: RelationSize) -> Sizes:
    return Sizes("target", datetime.now(UTC), 18, relations)


def unwatched() -> Guard:
    return Guard(Limits(), terminate=lambda _: None, disk_used=lambda: 0, kill=lambda: None)


def milliseconds(connection: Connection, case: Case, rounds: int) -> tuple[float, ...]:
    taken = []
    for _ in range(rounds):
        with stopwatch() as elapsed:
            for sql in case.sql.split("; "):
                connection.execute(sql.encode())
        taken.append(elapsed() * 1000)
        for sql in case.back.split("; "):
            connection.execute(sql.encode())
    return tuple(taken)


def estimate(case: Case, took: float, here: RelationSize, there: RelationSize) -> Estimate:
    place = Position(1, 1)
    judged = JudgedStatement(Statement(0, case.sql, place, place, case.name, "", {}), Effects())
    rows = tuple(TouchedRows(each.relation, updated=here.rows or 0) for each in case.measured.rows)
    measured = replace(case.measured, duration_ms=took, rows=rows)
    (found,) = estimates_of([(judged, measured)], [here], sizes_of(there))
    return found


def run(rows: int, rounds: int) -> list[Result]:
    lines: list[Line] = []
    with start_server(settings=SETTINGS) as server:
        small, here = filled(server.create_database("small"), rows)
        large, there = filled(server.create_database("large"), rows * TIMES)
        for case in CASES:
            few = milliseconds(small, case, rounds)
            many = milliseconds(large, case, rounds)
            growth = estimate(case, 1.0, here, there).growth
            likely = Sample(tuple(each * growth / 1000 for each in few))
            taken = Sample(tuple(each / 1000 for each in many))
            lines += [Line(f"{case.name}: in proportion", likely)]
            lines += [Line(f"{case.name}: really", taken, likely, "0.7 to 2 ×")]
        small.close()
        large.close()
    title = f"{rows:,} rows ({here.heap / 1e6:.0f} MB), and {TIMES} times as many"
    return [Result(title, tuple(lines))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    show(run(chosen.rows, chosen.rounds))
