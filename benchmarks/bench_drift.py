"""A look for drift on a target of seventy tables, against nothing but the replay of its history."""

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.histories import make_history
from benchmarks.results import Line, Result
from benchmarks.showing import show
from benchmarks.timing import Sample, Work, in_turns, rounds_of, stopwatch
from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.rehearsal.drifting import compare
from bot.adapters.postgres.rehearsal.expected import Replay, open_place
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.shape import shape_of
from bot.core.drift.look import Actual, DriftOrder
from bot.core.drift.policy import DriftPolicy
from bot.core.migrations.migration import Migration
from bot.core.rehearsals.rehearsal_order import BaseMigration, Order
from bot.drafting.draft import draft

TABLES = 70
FLOOR = "the replay alone: a server, the history from its template"
READ = "the catalogue of the target, read"
CLEAN = "the whole look at an untouched target"
DRIFTED = "the same, with one index by hand: two scripts drafted and proved"
BY_HAND = "CREATE INDEX by_hand ON {} (id)"
GOAL = "≤ 0.5 s"
SECONDS = 50
FULL = {"rounds": 7, "tables": TABLES}
QUICK = {"rounds": 1, "tables": 2}


@dataclass(frozen=True)
class Bench:
    """A target that the history has made, and the history as an order."""

    target: Connection
    order: Order
    environ: Mapping[str, str]

    def actual(self, *, links: bool = False) -> Actual:
        return Actual(shape_of(self.target, None, links=links), self.order.postgres)

    def replay(self) -> float:
        with stopwatch() as elapsed, open_place(self.order, None, self.environ, _silent) as place:
            problem = Replay(self.order, place, _silent).base()
        assert problem == "", problem
        return elapsed()

    def read(self) -> float:
        with stopwatch() as elapsed:
            self.actual()
        return elapsed()

    def look(self, by_hand: str = "") -> float:
        with self.target.transaction(force_rollback=True):
            if by_hand:
                self.target.execute(by_hand.encode())
            again = partial(self.actual, links=True)
            with stopwatch() as elapsed:
                order = DriftOrder(self.order, self.actual(), DriftPolicy(), again)
                found = compare(order, drafter=draft, environ=self.environ)
        assert found.problem == "", found.problem
        assert len(found.deviations.told) == bool(by_hand), found.deviations.told[:3]
        assert not by_hand or (found.mend is not None and found.mend.proved), found.mend
        return elapsed()


def _silent(_: str) -> None:
    """Nobody reads along."""


def history_of(tables: int) -> Sequence[Migration]:
    """The shortest that makes so many tables, as far as its words tell."""
    for count in range(tables, 40 * tables, 20):
        history = make_history(count)
        if sum(each.sql.count("CREATE TABLE") for each in history) >= tables:
            return history
    raise SystemExit("no history makes that many tables")


def measure(rounds: int, tables: int) -> tuple[int, int, dict[str, Sample]]:
    """How many migrations and tables there were, and how long each work took."""
    history = history_of(tables)
    with (
        tempfile.TemporaryDirectory() as directory,
        start_server(databases=("target",), settings={"autovacuum": "off"}) as server,
        connect(server.url("target"), application_name="bench") as target,
    ):
        for each in history:
            target.execute(each.sql.encode())
        base = tuple(BaseMigration(each.name, each.sql, each.checksum) for each in history)
        environ = {**os.environ, "MIGRATION_BOT_CACHE": directory}
        bench = Bench(target, Order(base, (), postgres=server.major), environ)
        there = [name for kind, name in bench.actual().snapshot if kind == "table"]
        by_hand = BY_HAND.format(".".join(f'"{part}"' for part in there[0].split(".")))
        work: dict[str, Work] = {
            FLOOR: bench.replay,
            READ: bench.read,
            CLEAN: bench.look,
            DRIFTED: partial(bench.look, by_hand),
        }
        return len(history), len(there), in_turns(work, rounds=rounds, seconds=SECONDS)


def run(rounds: int, tables: int) -> list[Result]:
    migrations, tables, measured = measure(rounds, tables)
    floor = measured[FLOOR]
    lines = [Line(name, each, None if each is floor else floor) for name, each in measured.items()]
    lines += [
        Line(f"beyond the replay: {name}", _beyond(measured[name], floor), goal=goal)
        for name, goal in ((CLEAN, GOAL), (DRIFTED, ""))
    ]
    return [
        Result(
            f"drift of {tables} tables, {migrations} migrations, {rounds_of(measured)}",
            tuple(lines),
        )
    ]


def _beyond(work: Sample, floor: Sample) -> Sample:
    pairs = zip(work.seconds, floor.seconds, strict=True)
    return Sample(tuple(max(0.0, mine - least) for mine, least in pairs))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    show(run(parser.parse_args().rounds, TABLES))
