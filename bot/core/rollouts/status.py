"""Where a target stands: its plan and gates, who is at work on it, or why nobody can tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.drift.look import Look
from bot.core.gates.gate import Gate
from bot.core.rollouts.last import LastBackup, LastDrift, LastRollout
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.rollback_class import RollbackClass
from bot.core.rollouts.survey import Survey
from bot.core.targets.target import Kind


@dataclass(frozen=True)
class Fragment:
    """A statement by its first line, and where that is in its file."""

    line: int
    sql: str


@dataclass(frozen=True)
class Halt:
    """How far a migration is that was begun and not finished: `done` of `parts` are committed.

    `kept` are the statements that are applied and stay, `left` those that are not. It goes on at
    `line`. `reason` is why it stopped, "" if it was cut off. `problem` is why it cannot go on, or
    why that cannot be told; nothing but `done` is known then.
    """

    name: str
    done: int
    parts: int = 0
    line: int = 0
    kept: tuple[Fragment, ...] = ()
    left: tuple[Fragment, ...] = ()
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Details:
    """What can be told of a plan's migrations beyond their rows, by name: how far they are, the
    commit that has the text that was applied of one that was edited since, and how what is pending
    can be taken back, as far as its text tells."""

    halts: Mapping[str, Halt] = field(default_factory=dict)
    commits: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, RollbackClass] = field(default_factory=dict)


@dataclass(frozen=True)
class TargetStatus:
    """One target in `status`.

    `plan` is None if the target could not be asked; `problem` then says why, `hint` what to do,
    and `unset` that no connection string was given. `lock_holder` is who holds the migration lock:
    while somebody does, an unfinished migration is running, not failed. `named` says that somebody
    asked for this target, and not for all. Of a `fleet`, `plan` is what is pending anywhere. `look`
    is what was seen of drift, where somebody wanted to know.

    `rollout`, `backup` and `drift` are the last ones, as far as they are known; `now` is when they
    were asked for. `proves` says that the target is rolled out to with a backup only, and that its
    backups are kept where they can be listed.
    """

    target: str
    kind: Kind
    plan: Plan | None = None
    gates: tuple[Gate, ...] = ()
    lock_holder: str | None = None
    problem: str = ""
    hint: str = ""
    unset: bool = False
    details: Details = field(default_factory=Details)
    named: bool = False
    fleet: Survey | None = None
    look: Look | None = None
    rollout: LastRollout | None = None
    backup: LastBackup | None = None
    drift: LastDrift | None = None
    proves: bool = False
    now: datetime | None = None
