"""What a rollout would do to a target, and everything the target and the history disagree about."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rollouts.standing import MigrationState, Standing, squash_in, standings_of

_PENDING = (
    MigrationState.PENDING,
    MigrationState.OUT_OF_ORDER,
    MigrationState.ROLLED_BACK,
    MigrationState.INTERRUPTED,
)


@dataclass(frozen=True)
class Plan:
    """The state of one target against the history, from rows and texts alone.

    `pending` are to be applied, in order. The other fields are names. Of them `modified` (edited
    after they were applied), `missing`, `failed`, `out_of_order` and `rolling_back` (begun to be
    taken back, and not done) keep a rollout from starting; `interrupted` and `rolled_back` are
    pending; `running` somebody else is at; `replaced` are the rows of a squash. `squash` is the
    pending migration that looks like one of the missing. `unbaselined` says that the target has
    tables and no migrations table (Prisma's P3005). `standings` says the same of each migration by
    itself. A plan that is `backwards` takes migrations back: its `pending` are the scripts that do
    it, the newest migration first.
    """

    target: str
    pending: tuple[Migration, ...] = ()
    applied: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    out_of_order: tuple[str, ...] = ()
    interrupted: tuple[str, ...] = ()
    rolled_back: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    rolling_back: tuple[str, ...] = ()
    squash: str | None = None
    unbaselined: bool = False
    standings: tuple[Standing, ...] = ()
    backwards: bool = False

    @property
    def digest(self) -> str:
        return digest_of(self.pending, backwards=self.backwards)

    @property
    def agrees(self) -> bool:
        """Whether the target and the history tell the same story, so that a rollout may start."""
        disagreements = (
            self.modified,
            self.missing,
            self.failed,
            self.out_of_order,
            self.rolling_back,
        )
        return not any(disagreements) and not self.unbaselined


def digest_of(migrations: Iterable[Migration], *, backwards: bool = False) -> str:
    """`sha256:` and 64 hex digits over name and checksum of each migration, in order.

    It covers the text and the order, and nothing else: the digest that an author's comment shows is
    the one that staging and production confirm. That of a plan that points backwards is over the
    scripts that take back, and over the direction.
    """
    listed: dict[str, object] = {"migrations": [[each.name, each.checksum] for each in migrations]}
    if backwards:
        listed["direction"] = "down"
    canonical = json.dumps(listed, separators=(",", ":"), sort_keys=True)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def make_plan(
    target: str,
    history: Sequence[Migration],
    rows: Sequence[AppliedMigration],
    *,
    unbaselined: bool = False,
    running: bool = False,
) -> Plan:
    """Compare the history, in Prisma's order, with the rows of the migrations table.

    Rows that were rolled back count as never applied, as for `prisma migrate deploy`. `running`
    says that somebody else holds the migration lock, and may be at work on what is unfinished.
    """
    standings = standings_of(history, rows, running=running)
    squash = squash_in(history, standings)
    standings = tuple(
        replace(each, state=MigrationState.PENDING) if each.name == squash else each
        for each in standings
    )
    by_name = {each.name: each for each in standings}

    def named(*states: MigrationState) -> tuple[str, ...]:
        return tuple(each.name for each in standings if each.state in states)

    return Plan(
        target=target,
        pending=tuple(each for each in history if _is_pending(by_name[each.name])),
        applied=tuple(each.name for each in standings if _is_applied(each)),
        modified=named(MigrationState.EDITED),
        missing=named(MigrationState.MISSING),
        failed=named(MigrationState.FAILED),
        out_of_order=named(MigrationState.OUT_OF_ORDER),
        interrupted=named(MigrationState.INTERRUPTED),
        rolling_back=named(MigrationState.ROLLING_BACK),
        rolled_back=named(MigrationState.ROLLED_BACK),
        running=named(MigrationState.RUNNING),
        replaced=named(MigrationState.REPLACED),
        squash=squash,
        unbaselined=unbaselined,
        standings=standings,
    )


def _is_pending(standing: Standing) -> bool:
    """What another bot is at counts: the digest must not depend on the moment somebody looks."""
    checkpoint = standing.checkpoint if standing.state is MigrationState.RUNNING else None
    ours = checkpoint is not None and checkpoint.down is None
    return standing.state in _PENDING or ours


def _is_applied(standing: Standing) -> bool:
    return standing.row is not None and standing.row.finished
