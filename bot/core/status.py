"""Where a target stands: its plan and gates, who is at work on it, or why nobody can tell."""

from dataclasses import dataclass

from bot.core.gate import Gate
from bot.core.plan import Plan
from bot.core.survey import Survey
from bot.core.target import Kind


@dataclass(frozen=True)
class TargetStatus:
    """One target in `status`.

    `plan` is None if the target could not be asked; `problem` then says why, `hint` what to do,
    and `unset` that no connection string was given. `lock_holder` is who holds the migration lock:
    while somebody does, an unfinished migration is running, not failed. Of a `fleet`, `plan` is
    what is pending anywhere.
    """

    target: str
    kind: Kind
    plan: Plan | None = None
    gates: tuple[Gate, ...] = ()
    lock_holder: str | None = None
    problem: str = ""
    hint: str = ""
    unset: bool = False
    fleet: Survey | None = None
