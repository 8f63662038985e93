"""Whether a lock on a busy table is asked for with patience. No rule by itself."""

import re

from bot.core.effects import LockMode
from bot.judge.context import Context
from bot.sql.actions import SetVariable

_NO_LIMIT = re.compile(r"0+\s*[a-z]*|default", re.IGNORECASE)


def gives_up(context: Context) -> bool:
    """Whether the file itself limits how long this statement waits for its locks."""
    limited = False
    for step in context.earlier.steps_with(SetVariable):
        for each in step.all(SetVariable):
            if each.name not in ("lock_timeout", "all"):
                continue
            if each.local and step.transaction != context.step.transaction:
                continue
            limited = bool(each.value) and not _NO_LIMIT.fullmatch(each.value or "")
    return limited


def held(context: Context, relation: str, mode: LockMode) -> bool:
    """Whether an earlier statement of the same transaction has such a lock, or a stronger one."""
    return (context.holds(relation) or 0) >= mode
