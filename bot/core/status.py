"""Where a target stands: its plan, who is at work on it, or why nobody can tell."""

from dataclasses import dataclass

from bot.core.plan import Plan
from bot.core.target import Target


@dataclass(frozen=True)
class TargetStatus:
    """`plan` is None if the target could not be asked; `problem` then says why, and `unset` that no
    connection string was given.

    `lock_holder` is who holds the migration lock: while somebody does, an unfinished migration is
    running, not failed.
    """

    target: Target
    plan: Plan | None = None
    lock_holder: str | None = None
    problem: str = ""
    unset: bool = False
