"""Whether a lock on a busy table is asked for with patience. No rule by itself."""

from bot.core.findings.finding import Severity
from bot.core.migrations.effects import LockMode
from bot.judge.context import Context
from bot.rules.transactions.timeouts import in_effect


def gives_up(context: Context) -> bool:
    """Whether the file itself limits how long this statement waits for its locks."""
    limit = in_effect("lock_timeout", context)
    return limit is not None and bool(limit.milliseconds)


def while_waiting(context: Context) -> Severity | None:
    """How grave a brief lock is that others queue behind: a notice where migration-bot applies.

    It gives up after the target's lock_timeout, a tenth of a second unless configured, and tries
    again once the queue has drained. Prisma waits, and everybody else waits behind it.
    """
    return Severity.NOTICE if context.settings.prisma is None else None


def held(context: Context, relation: str, mode: LockMode) -> bool:
    """Whether an earlier statement of the same transaction has such a lock, or a stronger one."""
    return (context.holds(relation) or 0) >= mode
