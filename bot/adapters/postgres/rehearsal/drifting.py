"""A target's schema set beside what its history makes, and the scripts that would settle it.

Both are run: the one that records makes a copy of the target out of the history, and the one that
mends makes of that copy what the history says.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from psycopg import sql

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.rehearsal.expected import Replay, open_place
from bot.adapters.postgres.rehearsal.places.place import ROLE
from bot.adapters.postgres.rehearsal.rehearse import let_in
from bot.adapters.postgres.rehearsal.work import Note
from bot.core.drift.deviation import Deviations, deviations
from bot.core.drift.drift import Expected
from bot.core.drift.look import Compared, DriftOrder, Script
from bot.core.drift.patching import patched, roles_of
from bot.core.rehearsals.rehearsal_order import drafted_parts
from bot.core.schemas.draft import Draft, DraftedStatement, Drafter
from bot.core.schemas.schema import Snapshot
from bot.errors import BackupError, PostgresError, UsageError

_NO_COPY = "there is no copy of the target to run it on: what it has could not be made here"
_NO_ROLES = "the roles that it names are not made on a server that is somebody else's"


def compare(
    order: DriftOrder,
    *,
    drafter: Drafter | None = None,
    given: str | None = None,
    environ: Mapping[str, str] = os.environ,
    note: Note = lambda _: None,
) -> Compared:
    """Never raises for what cannot be known: the answer says why. There are no scripts without a
    drafter, or where not all could be read. `given` is the URL of a server to run it on."""
    try:
        with open_place(order.history, given, environ, note) as place:
            replay = Replay(let_in(order.history, place), place, note)
            problem = replay.base()
            if problem:
                return Compared(problem=problem)
            return _Comparison(order, replay).done(drafter)
    except (PostgresError, UsageError, BackupError) as error:
        return Compared(problem=error.message)


class _Comparison:
    def __init__(self, order: DriftOrder, replay: Replay) -> None:
        self._order = order
        self._replay = replay
        self._server = replay.place.server
        self._made = self._look()
        self._there = order.there.snapshot

    def done(self, drafter: Drafter | None) -> Compared:
        found = self._differing(self._made, self._there)
        if drafter is None or not found.all or self._order.there.unseen:
            return Compared(found)
        again = self._order.again()
        if again is None:
            return Compared(found)
        # What is told and what is drafted is of the same moment.
        self._there, self._made = again.snapshot, self._look(links=True)
        return self._drafted(self._differing(self._made, self._there), drafter)

    def _drafted(self, found: Deviations, drafter: Drafter) -> Compared:
        recorded = patched(self._made, self._there, found.all)
        mended = patched(self._there, self._made, found.all)
        roles = roles_of(self._there, found.all) | roles_of(self._made, found.all)
        problem = self._make_roles(roles)
        record = self._script(drafter(self._made, recorded), self._there, problem)
        mend = self._script(
            drafter(self._there, mended), None, problem if record.proved else _NO_COPY
        )
        # The copy kept the order of the history; the target keeps its own.
        mend = replace(mend, moved=record.moved) if mend.proved else mend
        return Compared(found, mend, record)

    def _look(self, *, links: bool = False) -> Snapshot:
        """What could not be read of the target is not compared."""
        unseen = self._order.there.unseen
        found = self._replay.look(links=links)
        return {key: value for key, value in found.items() if key[0] not in unseen}

    def _differing(self, made: Snapshot, there: Snapshot) -> Deviations:
        known = Expected(self._made, self._made).schemas(self._order.there.schema)
        return deviations(
            made,
            there,
            self._order.policy,
            schemas=known,
            across_majors=self._server.major != self._order.there.major,
            imitated=self._server.shims,
        )

    def _script(self, draft: Draft, wanted: Snapshot | None, problem: str) -> Script:
        """Proved against what the target has; without `wanted`, what the history makes."""
        problem = problem or self._run(draft.statements)
        moved: tuple[str, ...] = ()
        if not problem:
            now = self._look()
            left = (
                self._differing(self._made, now) if wanted is None else self._differing(now, wanted)
            )
            problem, moved = _words(left), _moved(left)
        return Script(draft.statements, draft.left, problem, moved)

    def _run(self, statements: Sequence[DraftedStatement]) -> str:
        refused = self._replay.perform(drafted_parts(statements))
        return "" if refused is None else f"PostgreSQL refused it: {refused.message.rstrip('.')}"

    def _make_roles(self, names: Collection[str]) -> str:
        """Those that the target has and the place has not, for the length of it."""
        with self._replay.place.admin() as connection, explained("make roles"):
            rows = connection.execute("SELECT rolname FROM pg_catalog.pg_roles").fetchall()
            missing = sorted({*names} - {name for (name,) in rows})
            if missing and self._replay.place.role != ROLE:
                return _NO_ROLES
            for each in missing:
                role, author = sql.Identifier(each), sql.Identifier(ROLE)
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
                connection.execute(sql.SQL("GRANT {} TO {}").format(role, author))
        return ""


def _moved(left: Deviations) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.place for each in left.all if each.moved))


def _words(left: Deviations) -> str:
    """What is left besides the order of columns: one that went and came back stands last."""
    told = [each for each in left.told if not each.moved]
    found = [each for each in left.all if not each.moved]
    if not found:
        return ""
    first = (told or found)[0].line
    more = len(told) - 1
    return f"it leaves a difference: {first}{f', and {more} more' if more > 0 else ''}"
