"""Where each migration stands on a target: one state each, from rows and texts alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.migrations.migration import AppliedMigration, Migration, same_checksum, sort_key
from bot.core.rollouts.checkpoint import Checkpoint, read_checkpoint

# A squash of one migration is a renamed one.
_LEAST_SQUASHED = 2


class MigrationState(StrEnum):
    """Each excludes the others; where two could be said, the one that stops a rollout is.

    `MARKED` is applied according to `resolve --applied` or `baseline`: it was never run from here.
    `ROLLED_BACK` is pending again. `RUNNING` was begun while somebody holds the migration lock,
    `INTERRUPTED` was begun by us and goes on, `ROLLING_BACK` was begun to be taken back and goes
    on with that, `FAILED` was begun and nobody may guess (P3009).
    `EDITED` is applied with another text. `MISSING` is applied, or begun, and not in the history;
    `REPLACED` as well, by a squash that was marked as applied after it. `ABANDONED` was rolled
    back, and then taken out of the history.
    """

    APPLIED = "applied"
    MARKED = "marked"
    PENDING = "pending"
    OUT_OF_ORDER = "out_of_order"
    ROLLED_BACK = "rolled_back"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    ROLLING_BACK = "rolling_back"
    FAILED = "failed"
    EDITED = "edited"
    MISSING = "missing"
    REPLACED = "replaced"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class Standing:
    """One migration of the history or the target.

    `row` is the one that the state follows from, of `rows` that bear the name. `checkpoint` says
    how far it is, if we began it. `path` is that of its script, "" if it has no folder.
    `finished` says that one of the rows is finished and not rolled back. `twin` is a pending
    migration with the text of one that is missing: its folder was renamed.
    """

    name: str
    state: MigrationState
    row: AppliedMigration | None = None
    rows: int = 0
    checkpoint: Checkpoint | None = None
    path: str = ""
    finished: bool = False
    twin: str | None = None


@dataclass(frozen=True)
class _Rows:
    """The rows of one name, the oldest first, that were not rolled back, and the last that was."""

    all: tuple[AppliedMigration, ...] = ()

    @property
    def finished(self) -> AppliedMigration | None:
        return next((row for row in reversed(self.all) if row.finished), None)

    @property
    def unfinished(self) -> AppliedMigration | None:
        return next((row for row in reversed(self.all) if row.unfinished), None)

    @property
    def ours(self) -> Checkpoint | None:
        """How far it is, if there is one row to go on with, and no other that counts."""
        live = [row for row in self.all if row.rolled_back_at is None]
        alone = len(live) == 1 and live[0].unfinished
        return read_checkpoint(live[0].logs) if alone else None

    @property
    def last(self) -> AppliedMigration | None:
        return self.unfinished or self.finished or (self.all[-1] if self.all else None)


def standings_of(
    history: Sequence[Migration], rows: Iterable[AppliedMigration], *, running: bool = False
) -> tuple[Standing, ...]:
    """Every migration of the history and every name in the rows, once, in Prisma's order.

    `running` says that somebody else holds the migration lock.
    """
    texts = {each.name: each for each in history}
    by_name: dict[str, tuple[AppliedMigration, ...]] = {}
    for row in rows:
        by_name[row.name] = (*by_name.get(row.name, ()), row)
    found = {name: _Rows(by_name.get(name, ())) for name in texts.keys() | by_name.keys()}
    squashed = _squashed_at(history, found)
    newest = max((name for name in texts if found[name].finished), key=sort_key, default=None)
    unrecorded = {each.checksum: each.name for each in history if not by_name.get(each.name)}
    return tuple(
        Standing(
            name=name,
            state=_state(name, found[name], texts.get(name), newest, squashed, running=running),
            row=found[name].last,
            rows=len(found[name].all),
            checkpoint=found[name].ours,
            path=texts[name].path if name in texts else "",
            finished=found[name].finished is not None,
            twin=None if name in texts else _twin(found[name], unrecorded),
        )
        for name in sorted(found, key=sort_key)
    )


def squash_in(history: Sequence[Migration], standings: Iterable[Standing]) -> str | None:
    """The first migration of the history, if it looks like a squash of those that are missing:
    it has no row, and all of them were applied before anything that is still there."""
    by_name = {each.name: each for each in standings}
    missing = [each.row for each in by_name.values() if each.state is MigrationState.MISSING]
    if not history or len(missing) < _LEAST_SQUASHED or by_name[history[0].name].rows:
        return None
    if not all(row is not None and row.finished for row in missing):
        return None
    kept = [each.row for each in by_name.values() if each.path and each.row]
    last = max(row.started_at for row in missing if row is not None)
    return history[0].name if all(last < row.started_at for row in kept) else None


def _state(
    name: str,
    rows: _Rows,
    migration: Migration | None,
    newest: str | None,
    squashed: datetime | None,
    *,
    running: bool,
) -> MigrationState:
    if rows.unfinished is not None:
        return _unfinished(rows, migration, running=running)
    row = rows.finished
    if migration is None:
        if row is None:
            return MigrationState.ABANDONED
        replaced = squashed is not None and row.started_at < squashed
        return MigrationState.REPLACED if replaced else MigrationState.MISSING
    if row is not None:
        if not same_checksum(row.checksum, migration.sql):
            return MigrationState.EDITED
        return MigrationState.MARKED if row.marked else MigrationState.APPLIED
    if newest is not None and sort_key(name) < sort_key(newest):
        return MigrationState.OUT_OF_ORDER
    return MigrationState.ROLLED_BACK if rows.all else MigrationState.PENDING


def _unfinished(rows: _Rows, migration: Migration | None, *, running: bool) -> MigrationState:
    if running:
        return MigrationState.RUNNING
    if rows.ours is None:
        return MigrationState.FAILED
    if rows.ours.down is not None:
        return MigrationState.ROLLING_BACK
    return MigrationState.MISSING if migration is None else MigrationState.INTERRUPTED


def _squashed_at(history: Sequence[Migration], found: Mapping[str, _Rows]) -> datetime | None:
    """When the first migration of the history was marked as applied: what was applied before that
    and has no folder is what it replaces, as in Prisma's own way of squashing."""
    first = found[history[0].name].finished if history else None
    return first.started_at if first is not None and first.marked else None


def _twin(rows: _Rows, unrecorded: Mapping[str, str]) -> str | None:
    return unrecorded.get(rows.finished.checksum) if rows.finished else None
