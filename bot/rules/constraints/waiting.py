"""Whether a lock on a busy table is asked for with patience. No rule by itself."""

import re

from bot.core.effects import Effects, LockMode
from bot.core.finding import Severity
from bot.judge.context import Context
from bot.judge.timeline import Step
from bot.sql.actions import SetVariable

_NO_LIMIT = re.compile(r"0+\s*[a-z]*|default", re.IGNORECASE)


def gives_up(context: Context) -> bool:
    """Whether the file itself limits how long this statement waits for its locks."""
    patience = context.tally(_Patience)
    here = patience.transaction == context.step.transaction
    return patience.here if here else patience.afterwards


class _Patience:
    """Whether waits are limited `here`, in the transaction that ran last, and `afterwards`."""

    def __init__(self) -> None:
        self.transaction: int | None = None
        self.here = False
        self.afterwards = False

    def add(self, step: Step, effects: Effects, context: Context) -> None:
        if step.transaction != self.transaction:
            self.transaction, self.here = step.transaction, self.afterwards
        for each in step.all(SetVariable):
            if each.name in ("lock_timeout", "all"):
                self.here = bool(each.value) and not _NO_LIMIT.fullmatch(each.value or "")
                self.afterwards = self.afterwards if each.local else self.here


def while_waiting(context: Context) -> Severity | None:
    """How grave a brief lock is that others queue behind: a notice where migration-bot applies.

    It gives up after the target's lock_timeout, a tenth of a second unless configured, and tries
    again once the queue has drained. Prisma waits, and everybody else waits behind it.
    """
    return Severity.NOTICE if context.settings.prisma is None else None


def held(context: Context, relation: str, mode: LockMode) -> bool:
    """Whether an earlier statement of the same transaction has such a lock, or a stronger one."""
    return (context.holds(relation) or 0) >= mode
