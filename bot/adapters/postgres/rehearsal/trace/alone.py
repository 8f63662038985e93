"""A part of a migration that wants no transaction, looked at while its statement runs."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.trace.evidence import Evidence
from bot.adapters.postgres.rehearsal.trace.measuring import measured
from bot.adapters.postgres.rehearsal.trace.observing import Reading, Standing
from bot.adapters.postgres.rehearsal.trace.sampling import Sampler, modes
from bot.adapters.postgres.rehearsal.trace.session import Session, left_open
from bot.adapters.postgres.rehearsal.trace.snapshots import Snapshot
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import Measured, RehearsedStatement
from bot.core.rehearsals.rehearsal_order import Part, Step


class Alone:
    """Runs one part after another in a session. `old` are relations that are not new."""

    def __init__(
        self, session: Session, admin: Connection, standing: Standing, old: Collection[int]
    ) -> None:
        self._session = session
        self._admin = admin
        self._standing = standing
        self._old = old

    def run(self, part: Part, statements: list[RehearsedStatement]) -> None:
        """Add what each did. A failure is raised, and what was done before it stays."""
        self._standing.refresh()
        for step in part.steps:
            self._session.current = step.index
            try:
                statements.append(RehearsedStatement(step.index, self._done(step)))
            except Exception:
                statements.append(RehearsedStatement(step.index))
                raise

    def _done(self, step: Step) -> Measured:
        session, last = self._session, self._standing.reading
        sampler = Sampler(self._admin, session.pid)
        with session.loud("SET"):
            before = session.look()
            duration = self._sampled(step, sampler)
        now = session.look()
        after = self._standing.refresh()
        if not session.idle:
            raise left_open(step)
        found = sampler.strongest(_retired(last.snapshot, after.snapshot))
        taken, heard = modes(found), session.listener.take()
        seen = Evidence(last, after, heard, taken=taken, held=taken, sampled=True)
        wal_bytes = now.wal - before.wal
        result = measured(seen, old=self._old, duration_ms=duration, wal_bytes=wal_bytes)
        return _with_times(result, last, found)

    def _sampled(self, step: Step, sampler: Sampler) -> float:
        """The superuser cannot look on while it is the one that makes an extension."""
        if step.extension:
            return self._session.perform(step)
        with sampler.looking():
            return self._session.perform(step)


def _with_times(
    result: Measured, before: Reading, found: Mapping[int, tuple[LockMode, float]]
) -> Measured:
    held = {
        before.snapshot.name(oid): round(milliseconds, 3)
        for oid, (_, milliseconds) in found.items()
        if oid in before.snapshot.relations
    }
    locks = tuple(replace(each, held_ms=held[each.relation]) for each in result.locks)
    return replace(result, locks=locks)


def _retired(before: Snapshot, after: Snapshot) -> set[int]:
    """Indexes that are gone, whether or not there is another one of their name."""
    return {oid for oid in before.of_kind("iI") if oid not in after.relations}
