"""What takes migrations back, found on a throw-away server: scripts, proofs, and both schemas."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.backups.backup import ProvedBackup
from bot.core.drift.drift import Expected, unknown
from bot.core.gates.gate import Gate
from bot.core.migrations.history import History
from bot.core.migrations.migration import Migration
from bot.core.rehearsals.proofs import DownProof
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.rollback import Chosen
from bot.core.schemas.draft import Draft
from bot.core.targets.target import Target


@dataclass(frozen=True)
class Tried:
    """What a throw-away server said, by the names of migrations: the `drafts` of those without a
    down.sql, and a proof of each script that was run. `expected` is the schema with all of them,
    and without any."""

    expected: Expected
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    proofs: Mapping[str, DownProof] = field(default_factory=dict)


def untried(problem: str) -> Tried:
    return Tried(unknown(problem))


@dataclass(frozen=True)
class RollbackStep:
    """What takes one migration back. `script` is None where nothing does, and `why` says why.

    `drafted` says that nobody wrote it. `loses` are rows and values that it takes along, `lost`
    what the migration itself has lost and no script brings back. Of what it has lost `kept` is
    given back, one line each, from `shelves`, before the statement `give_at` or behind the last.
    `unproved` is why nobody has seen it lead back, "" if it was proved just now.
    """

    migration: Migration
    script: Migration | None = None
    drafted: bool = False
    loses: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    why: str = ""
    unproved: str = ""
    give_at: int | None = None
    shelves: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rollback:
    """What would be done, as far as it can be told without the lock. `plan` points backwards.
    `proved` is the target's last backup that was proved, where one is asked for."""

    target: Target
    history: History
    chosen: Chosen
    plan: Plan
    gates: tuple[Gate, ...] = ()
    steps: tuple[RollbackStep, ...] = ()
    tried: Tried = field(default_factory=lambda: untried(""))
    proved: ProvedBackup | None = None

    @property
    def stuck(self) -> tuple[RollbackStep, ...]:
        """What nothing takes back but a restore."""
        return tuple(each for each in self.steps if each.script is None)
