"""One rehearsal in one place: the base, the rows, what is new, and what is tried with it then."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from bot.adapters.postgres.backups.content import table_contents
from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.model import agreement_of
from bot.adapters.postgres.rehearsal.performing import Performer
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.rehearsal.proofs import (
    Done,
    Held,
    prove_alone,
)
from bot.adapters.postgres.rehearsal.replaying import replay
from bot.adapters.postgres.rehearsal.restoring import Dump, not_applied, restore
from bot.adapters.postgres.rehearsal.rows.fill import fill
from bot.adapters.postgres.rehearsal.superuser import Superuser
from bot.adapters.postgres.rehearsal.trace.tracing import Traced, Tracer
from bot.adapters.postgres.rehearsal.trying import Trying
from bot.adapters.postgres.target.locking import PRISMA_KEY
from bot.adapters.postgres.target.looking import invalid_indexes
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import (
    BaseReplay,
    HistoryRefusal,
    Rehearsal,
    RehearsedMigration,
    SchemaAgreement,
)
from bot.core.rehearsals.rehearsal_order import BaseMigration, NewMigration, Order
from bot.core.schemas.draft import Drafter
from bot.core.schemas.schema import Definition, Snapshot, differences
from bot.core.schemas.touched import touched
from bot.errors import PostgresError

_LOCK_HINT = (
    f"A rollout holds the advisory lock {PRISMA_KEY} itself, so it would wait for ever in "
    "production too. Take another number."
)
# A draft for each, and a run back and forth: of more than a pull request brings nobody asks it.
_MOST_DRAFTED = 20

Note = Callable[[str], None]
Opened = Callable[[], AbstractContextManager[Place]]


class Work:
    """One rehearsal in one place."""

    def __init__(
        self,
        order: Order,
        place: Place,
        another: Opened,
        note: Note,
        dump: Dump | None,
        drafter: Drafter | None = None,
    ) -> None:
        self._order = order
        self._place = place
        self._another = another
        self._note = note
        self._model: SchemaAgreement | None = None
        self._dump = dump
        self._drafter = drafter
        # What of the base a backup has not applied.
        self._lacking: Sequence[BaseMigration] = ()
        self._began = time.monotonic()
        self._known: dict[str, Definition] = {}
        # The schema before the first new migration, and after the last that ran to its end.
        self._ends: tuple[Snapshot, Snapshot] = ({}, {})
        superuser = Superuser(place)
        self._guard = Guard(
            order.limits,
            discreet=dump is not None,
            terminate=superuser.terminate,
            disk_used=place.disk_used,
            kill=place.kill,
        )
        self._performer = Performer(
            place.author, self._guard, superuser.create_extension, older=self._older
        )

    @property
    def _older(self) -> bool:
        """Whether the server may not know yet what the target does."""
        return self._place.server.major < self._order.postgres

    def done(self) -> Rehearsal:
        order, place = self._order, self._place
        refused = self._based()
        notes = () if self._dump is None else _notes(self._dump)
        if refused is not None:
            base = self._base(refused)
            return Rehearsal(server=place.server, base=base, notes=notes, seconds=base.seconds)
        base = self._base()
        data, sizes = fill(place, order.data, self._guard, self._note)
        if self._dump is not None:
            data = replace(data, source=self._dump.manifest.id)
        found = Rehearsal(server=place.server, base=base, data=data, sizes=sizes, notes=notes)
        migrations = self._migrations()
        found = replace(found, migrations=migrations, schema=self._model)
        return replace(found, touched=touched(*self._ends), seconds=self._seconds())

    def _based(self, *, rows: bool = True) -> HistoryRefusal | None:
        """The base in the place, and kept unless there are real rows in it."""
        place, dump = self._place, self._dump
        if dump is None:
            left: Sequence[BaseMigration] = self._order.base[place.cached :]
        else:
            left = self._restored(dump, rows=rows)
        refused = replay(place.author, left, self._performer, self._guard, self._note)
        if refused is None and left and dump is None:
            place.keep()
        return refused

    def _restored(self, dump: Dump, *, rows: bool) -> Sequence[BaseMigration]:
        """A backup in the place. Without its rows it is not known any more what it lacks."""
        restore(dump, self._place, self._guard, self._order.limits, self._note, rows=rows)
        if rows:
            new = [each.name for each in self._order.new]
            self._lacking = not_applied(dump, self._place, self._order.base, new)
        return self._lacking

    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 3)

    def _base(self, refused: HistoryRefusal | None = None) -> BaseReplay:
        return BaseReplay(
            migrations=len(self._order.base),
            cached=self._place.cached,
            seconds=self._seconds(),
            refused=refused,
        )

    def _migrations(self) -> tuple[RehearsedMigration, ...]:
        """As far as they get. What was seen before the server was lost stands."""
        done: list[Done] = []
        found: list[RehearsedMigration] = []
        try:
            with explained("go on with the rehearsal"):
                self._run(done, found)
        except PostgresError as error:
            if len(found) < len(self._order.new):
                found.append(_lost(self._order.new[len(found)], error))
        if any(each.refused is not None for each in found):
            return tuple(found)
        return self._tried(done, found)

    def _run(self, done: list[Done], found: list[RehearsedMigration]) -> None:
        """Each in turn, until one is stopped: what comes after it would find another schema."""
        with self._place.admin() as admin:
            # As a rollout does, of the bot or of Prisma.
            admin.execute(b"SELECT pg_catalog.pg_advisory_lock(%d)" % PRISMA_KEY)
            tracer = Tracer(self._place.author, admin, self._guard, older=self._older)
            before = first = self._look_with(admin)
            for each in self._order.new:
                self._note(f"running {each.name}")
                held = self._held() if each.down is not None or self._drafted else {}
                invalid = invalid_indexes(admin)
                traced = tracer.run(each.parts)
                if traced.refused is not None:
                    found.append(self._stopped(each, traced, before, invalid))
                    return
                after = self._look_with(admin)
                self._ends = (first, after)
                found.append(_rehearsed(each, traced, before, after))
                compared = each.down is not None or self._drafted
                snapshots = (before, after) if compared else ({}, {})
                done.append(Done(each, *snapshots, held=held))
                before = after
        if self._order.model is not None:
            self._note("comparing with schema.prisma")
            self._model = agreement_of(self._place.author, self._guard, self._order.model, before)

    def _stopped(
        self, migration: NewMigration, traced: Traced, before: Snapshot, invalid: frozenset[str]
    ) -> RehearsedMigration:
        """With what it leaves behind, as far as there is a server left to be asked. `invalid` are
        the indexes that were so before it."""
        try:
            self._drop_invalid(invalid)
            after = self._look()
        except PostgresError:
            after = before
        found = _rehearsed(migration, traced, before, after)
        refused = traced.refused and _with_lock_of_rollouts(traced.refused, migration)
        return replace(found, refused=refused, stays=found.changes.lines)

    def _drop_invalid(self, before: frozenset[str]) -> None:
        """A concurrent build that failed leaves an index, and apply drops it."""
        with self._place.admin() as admin, explained("drop what a failed build left"):
            for name in sorted(invalid_indexes(admin) - before):
                admin.execute(f"DROP INDEX CONCURRENTLY {name}".encode())

    def _tried(
        self, done: Sequence[Done], found: Sequence[RehearsedMigration]
    ) -> tuple[RehearsedMigration, ...]:
        """With what came of down.sql or a draft of one, and of a second run."""
        trying = Trying(
            self._performer, self._look, self._held, self._guard, self._proved_elsewhere, self._note
        )
        try:
            with explained("try the migrations back"):
                downs, again = trying.tried(done, self._drafter if self._drafted else None)
        except PostgresError as error:
            lost = DownProof(refused=_refusal(error))
            downs = {each.migration.name: lost for each in done if each.migration.down is not None}
            again = {}
        return tuple(
            replace(each, down=downs.get(each.name), second=again.get(each.name)) for each in found
        )

    @property
    def _drafted(self) -> bool:
        """Whether what has no down.sql gets a draft: not where a whole history is run."""
        return self._drafter is not None and len(self._order.new) <= _MOST_DRAFTED

    def _held(self) -> Held:
        """What each table holds. Of real rows there are too many to be read over and over."""
        if self._dump is not None:
            return {}
        with self._place.admin() as admin, admin.transaction():
            return {
                each.name: (each.rows, each.content) for each in table_contents(admin, summed=None)
            }

    def _proved_elsewhere(self, done: Done, before: Sequence[Done]) -> DownProof:
        """Where a rollback would not reach it, because of what comes after it: on its own."""
        order = replace(self._order, limits=self._guard.limits)
        with self._another() as place:
            other = Work(order, place, self._another, self._note, self._dump, self._drafter)
            other._lacking = self._lacking
            stopped = other._based(rows=False)
            if stopped is not None:
                return DownProof(refused=stopped.refusal)
            drafter = self._drafter if self._drafted else None
            return prove_alone(done, before, other._performer, other._look, drafter=drafter)

    def _look(self) -> Snapshot:
        with self._place.admin() as connection:
            return self._look_with(connection)

    def _look_with(self, connection: Connection) -> Snapshot:
        return snapshot(connection, privileges=True, known=self._known, links=self._drafted)


def _notes(dump: Dump) -> tuple[str, ...]:
    left_out = dump.left_out
    if not left_out:
        return ()
    return (
        f"Of the backup this was left out, which only a superuser makes: {', '.join(left_out)}",
    )


def _with_lock_of_rollouts(refused: Refusal, migration: NewMigration) -> Refusal:
    """The hint that helps where a statement has waited for the lock of rollouts."""
    steps = [step for part in migration.parts for step in part.steps]
    waited = refused.stop is Stop.TIME and any(
        step.index == refused.statement and str(PRISMA_KEY) in step.sql for step in steps
    )
    return replace(refused, hint=_LOCK_HINT) if waited else refused


def _lost(migration: NewMigration, error: PostgresError) -> RehearsedMigration:
    return RehearsedMigration(migration.name, refused=_refusal(error))


def _refusal(error: PostgresError) -> Refusal:
    return Refusal(Stop.SERVER, error.message.rstrip("."), hint=error.hint)


def _rehearsed(
    migration: NewMigration, traced: Traced, before: Snapshot, after: Snapshot
) -> RehearsedMigration:
    changes = differences(before, after)
    return RehearsedMigration(
        migration.name, statements=traced.statements, refused=traced.refused, changes=changes
    )
