"""One moment of one database: its history judged, its targets as they stand, what nobody could say.

A board is gathered once and shown as pages that ask nothing any more. What could not be read is a
part of it, with the reason: a page that leaves something out says so.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bot.core.backups.backup import StoredBackup
from bot.core.backups.stored import Stray
from bot.core.board.schema import SchemaBoard
from bot.core.board.unread import Unread
from bot.core.board.waves import WaveBoard
from bot.core.findings.review import JudgedMigration, Review
from bot.core.migrations.migration import sort_key
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.standing import MigrationState, Standing
from bot.core.rollouts.status import TargetStatus
from bot.core.targets.target import Kind

_MOST_URGENT = {Kind.PRODUCTION: 0, Kind.STAGING: 1, Kind.DEVELOPMENT: 2}


@dataclass(frozen=True)
class TargetBoard:
    """One target. `records` are what its rollouts left, the newest first; `backups` too, with
    `strays` among them. `unread` is what of all this could not be read. `waves` are a fleet's.
    `after` is the target before it, `url` where people see what uses it."""

    status: TargetStatus
    after: str | None = None
    records: tuple[Sealed, ...] = ()
    backups: tuple[StoredBackup, ...] = ()
    strays: tuple[Stray, ...] = ()
    waves: tuple[WaveBoard, ...] = ()
    url: str = ""
    unread: tuple[Unread, ...] = ()

    @property
    def name(self) -> str:
        return self.status.target

    @property
    def kind(self) -> Kind:
        return self.status.kind

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """By the names of migrations; empty where the target could not be asked."""
        plan = self.status.plan
        return {each.name: each for each in plan.standings} if plan else {}

    @cached_property
    def states(self) -> dict[str, MigrationState]:
        """Of a fleet, what everybody has is applied, and what anybody lacks is pending."""
        if self.standings or self.status.plan is None:
            return {name: each.state for name, each in self.standings.items()}
        plan = self.status.plan
        applied = dict.fromkeys(plan.applied, MigrationState.APPLIED)
        return applied | {each.name: MigrationState.PENDING for each in plan.pending}


@dataclass(frozen=True)
class Board:
    """`review` is of every migration that is judged; `rehearsal` is in it, if one was asked for.
    `migrations` are all of the history in its order, also those of the baseline, which have no
    findings. `targets` are in rollout order. `database` is its name where the repository has
    several, `repository` the address of its page, "" if it is not known. `project` is what the
    pages are called after."""

    at: datetime
    version: str
    project: str
    folder: str
    review: Review
    migrations: tuple[JudgedMigration, ...] = ()
    targets: tuple[TargetBoard, ...] = ()
    schema: SchemaBoard = field(default_factory=SchemaBoard)
    unread: tuple[Unread, ...] = ()
    database: str = ""
    commit: str = ""
    repository: str = ""

    @property
    def urgent_first(self) -> tuple[TargetBoard, ...]:
        """Production before all else: whoever is called at night asks for nothing else."""
        return tuple(sorted(self.targets, key=lambda each: _MOST_URGENT[each.kind]))

    @cached_property
    def by_name(self) -> dict[str, JudgedMigration]:
        return {each.migration.name: each for each in self.migrations}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every migration that is here or on a target, in Prisma's order."""
        there = {name for target in self.targets for name in target.states}
        return tuple(sorted({*self.by_name, *there}, key=sort_key))

    @property
    def all_unread(self) -> tuple[Unread, ...]:
        """What is missing on these pages, each reason once."""
        found = [*self.unread, *(each for target in self.targets for each in target.unread)]
        return tuple(dict.fromkeys(found))

    @property
    def has_fleet(self) -> bool:
        return any(each.waves or each.status.fleet is not None for each in self.targets)
