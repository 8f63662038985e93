"""The procedure: replay the base, put rows in, run what is new and look on, then try it back."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from psycopg import sql

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.rehearsal.data import fill
from bot.adapters.postgres.rehearsal.given_place import open_given_place
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.own_place import open_own_place
from bot.adapters.postgres.rehearsal.performing import Performer
from bot.adapters.postgres.rehearsal.place import Place
from bot.adapters.postgres.rehearsal.proofs import Done, prove_downs, run_again
from bot.adapters.postgres.rehearsal.replaying import replay
from bot.adapters.postgres.rehearsal.tracing import Traced, Tracer
from bot.core.rehearsal import BaseReplay, HistoryRefusal, Rehearsal, RehearsedMigration
from bot.core.rehearsal_order import NewMigration, Order
from bot.core.schema import Snapshot, differences

Note = Callable[[str], None]


def rehearse(
    order: Order,
    *,
    given: str | None = None,
    environ: Mapping[str, str] = os.environ,
    note: Note = lambda _: None,
) -> Rehearsal:
    """Run what is new on top of the base. `given` is the URL of a server to do it on.

    Raises PostgresError or UsageError if there is no server; whatever the migrations do is told.
    """
    with _place(order, given, environ, note) as place:
        return _Work(order, place, note).done()


def _place(
    order: Order, given: str | None, environ: Mapping[str, str], note: Note
) -> AbstractContextManager[Place]:
    if given is not None:
        return open_given_place(given, order, note=note)
    return open_own_place(order, environ=environ, note=note)


class _Work:
    """One rehearsal in one place."""

    def __init__(self, order: Order, place: Place, note: Note) -> None:
        self._order = order
        self._place = place
        self._note = note
        self._began = time.monotonic()
        self._guard = Guard(
            order.limits,
            terminate=self._terminate,
            disk_used=place.disk_used,
            kill=place.kill,
        )
        self._performer = Performer(place.author, self._guard, self._create_extension)

    def done(self) -> Rehearsal:
        order, place = self._order, self._place
        left = order.base[place.cached :]
        refused = replay(place.author, left, self._performer, self._guard, self._note)
        if refused is not None:
            return Rehearsal(server=place.server, base=self._base(refused))
        if left:
            place.keep()
        base = self._base()
        data, sizes = fill(place, order.data, self._guard, self._note)
        found = Rehearsal(server=place.server, base=base, data=data, sizes=sizes)
        return replace(found, migrations=self._migrations())

    def _base(self, refused: HistoryRefusal | None = None) -> BaseReplay:
        return BaseReplay(
            migrations=len(self._order.base),
            cached=self._place.cached,
            seconds=round(time.monotonic() - self._began, 3),
            refused=refused,
        )

    def _migrations(self) -> tuple[RehearsedMigration, ...]:
        """Each in turn, until one is stopped: what comes after it would find another schema."""
        done: list[Done] = []
        found: list[RehearsedMigration] = []
        with self._place.admin() as admin:
            tracer = Tracer(self._place.author, admin, self._guard)
            before = self._look()
            for each in self._order.new:
                self._note(f"running {each.name}")
                traced = tracer.run(each.parts)
                after = self._look()
                found.append(_rehearsed(each, traced, before, after))
                if traced.refused is not None:
                    return tuple(found)
                done.append(Done(each, before, after))
                before = after
        return self._proved(done, found)

    def _proved(
        self, done: Sequence[Done], found: Sequence[RehearsedMigration]
    ) -> tuple[RehearsedMigration, ...]:
        if any(each.migration.down is not None for each in done):
            self._note("running down.sql, and up again")
        downs = prove_downs(done, self._performer, self._look)
        if not all(each.proved for each in downs.values()):
            return tuple(replace(each, down=downs.get(each.name)) for each in found)
        seconds = {
            each.migration.name: run_again(each, self._performer, self._look) for each in done
        }
        return tuple(
            replace(each, down=downs.get(each.name), second=seconds[each.name]) for each in found
        )

    def _look(self) -> Snapshot:
        with self._place.admin() as connection:
            return snapshot(connection, privileges=True)

    def _terminate(self, pid: int) -> None:
        with self._place.admin() as connection, explained("end a statement"):
            connection.execute("SELECT pg_catalog.pg_terminate_backend(%s)", (pid,))

    def _create_extension(self, name: str) -> None:
        with self._place.admin() as connection:
            connection.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public CASCADE").format(
                    sql.Identifier(name)
                )
            )


def _rehearsed(
    migration: NewMigration, traced: Traced, before: Snapshot, after: Snapshot
) -> RehearsedMigration:
    changes = differences(before, after)
    return RehearsedMigration(
        name=migration.name,
        statements=traced.statements,
        refused=traced.refused,
        stays=changes.lines if traced.refused else (),
        changes=changes,
    )
