"""Statements run through the Tracer on a real server, as tests want them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.trace.tracing import Traced, Tracer
from bot.core.migrations.effects import Effects
from bot.core.rehearsals.rehearsal import Measured
from bot.core.rehearsals.rehearsal_order import Limits, Part, Step
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.effects.effects import effects_of
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of

Connection = psycopg.Connection[Any]
_STOP = "DO $$ BEGIN RAISE 'taken back'; END $$"


def guard(limits: Limits | None = None) -> Guard:
    """One that cancels, and does nothing more."""
    return Guard(
        limits or Limits(),
        terminate=lambda pid: None,
        disk_used=lambda: 0,
        kill=lambda: None,
    )


@dataclass
class Bench:
    """A database with a schema in it, its tracer, and the catalogue that should equal it."""

    url: str
    admin: Connection
    tracer: Tracer
    catalogue: Catalogue

    @property
    def major(self) -> int:
        return self.admin.info.server_version // 10_000

    @property
    def alone_there(self) -> bool:
        """Whether every other session in the database has ended."""
        row = self.admin.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        ).fetchone()
        return row == (1,)

    def run(self, *sql: str) -> Traced:
        """A migration of one transaction."""
        return self.tracer.run([together(*sql)])

    def alone(self, sql: str) -> Traced:
        return self.tracer.run([Part((Step(0, sql),), transactional=False)])

    def taken_back(self, sql: str) -> Measured:
        """What a statement does whose transaction is then rolled back."""
        traced = self.run(sql, _STOP)
        assert traced.refused is not None
        assert traced.refused.message == "taken back", (sql, traced.refused)
        measured = traced.statements[0].measured
        assert measured is not None
        return measured

    def predicted(self, sql: str) -> Effects:
        (statement,) = parse(sql).statements
        actions = actions_of(statement)
        return effects_of(actions, self.catalogue, postgres=self.major, fresh_from=1)


def together(*sql: str) -> Part:
    return Part(tuple(Step(index, each) for index, each in enumerate(sql)))


def only(traced: Traced, index: int = 0) -> Measured:
    """What that statement did, of a migration that was not refused."""
    assert traced.refused is None, traced.refused
    measured = traced.statements[index].measured
    assert measured is not None
    return measured


@contextmanager
def bench(url: str, history: str = "", limits: Limits | None = None) -> Iterator[Bench]:
    with psycopg.connect(url, autocommit=True) as admin:
        if history:
            admin.execute(history.encode())
        catalogue = Catalogue()
        for statement in parse(history).statements:
            replay(catalogue, actions_of(statement), born=0)

        def author() -> Connection:
            return psycopg.connect(url, autocommit=True, options="-c timezone=UTC")

        yield Bench(url, admin, Tracer(author, admin, guard(limits)), catalogue)


def modes(measured: Measured, names: Sequence[str] = ()) -> dict[str, str]:
    """Locks by relation, without those on indexes that are not named."""
    return {
        each.relation: each.mode.label
        for each in measured.locks
        if not each.index or each.relation in names
    }
