"""Whether a lock on a busy table is asked for with patience. No rule by itself."""

import re
from collections.abc import Iterator

from bot.core.effects import Lock, LockMode
from bot.core.finding import Severity
from bot.judge.context import Context
from bot.sql.actions import SetVariable

_NO_LIMIT = re.compile(r"0+\s*[a-z]*|default", re.IGNORECASE)


def gives_up(context: Context) -> bool:
    """Whether the file itself limits how long this statement waits for its locks."""
    limited = False
    for step in context.earlier:
        for each in step.all(SetVariable):
            if each.name not in ("lock_timeout", "all"):
                continue
            if each.local and step.transaction != context.step.transaction:
                continue
            limited = bool(each.value) and not _NO_LIMIT.fullmatch(each.value or "")
    return limited


def while_waiting(context: Context) -> Severity | None:
    """How grave a brief lock is that others queue behind: a notice where migration-bot applies.

    It gives up after the target's lock_timeout, a tenth of a second unless configured, and tries
    again once the queue has drained. Prisma waits, and everybody else waits behind it.
    """
    return Severity.NOTICE if context.settings.prisma is None else None


def held(context: Context, relation: str, mode: LockMode) -> bool:
    """Whether an earlier statement of the same transaction has such a lock, or a stronger one."""
    return any(lock.relation == relation and lock.mode >= mode for lock in _locks(context))


def _locks(context: Context) -> Iterator[Lock]:
    mine = context.step.transaction
    for step, effects in zip(context.earlier, context.file.effects, strict=False):
        if mine is not None and step.transaction == mine:
            yield from effects.locks
