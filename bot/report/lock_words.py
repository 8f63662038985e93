"""Who waits behind a lock, as a person would say it."""

from collections.abc import Iterable

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import MeasuredLock
from bot.report.escape import one_line

# The mode that each kind of query asks for, from the same section of the manual as the conflicts.
# ALTER TABLE stands for nearly all other DDL; the few forms that ask for less are not worth a word.
QUERIES = (
    ("SELECT", LockMode.ACCESS_SHARE),
    ("SELECT FOR UPDATE", LockMode.ROW_SHARE),
    ("INSERT, UPDATE and DELETE", LockMode.ROW_EXCLUSIVE),
    ("VACUUM and ANALYZE", LockMode.SHARE_UPDATE_EXCLUSIVE),
    ("CREATE INDEX CONCURRENTLY", LockMode.SHARE_UPDATE_EXCLUSIVE),
    ("CREATE INDEX", LockMode.SHARE),
    ("CREATE TRIGGER and new foreign keys", LockMode.SHARE_ROW_EXCLUSIVE),
    ("ALTER TABLE and other DDL", LockMode.ACCESS_EXCLUSIVE),
)

_WAITERS = {
    LockMode.ACCESS_SHARE: "only DDL waits",
    LockMode.ROW_SHARE: "only DDL waits",
    LockMode.ROW_EXCLUSIVE: "only DDL waits",
    LockMode.SHARE_UPDATE_EXCLUSIVE: "VACUUM and DDL wait",
    LockMode.SHARE: "writes wait",
    LockMode.SHARE_ROW_EXCLUSIVE: "writes wait",
    LockMode.EXCLUSIVE: "writes and SELECT FOR UPDATE wait",
    LockMode.ACCESS_EXCLUSIVE: "reads and writes wait",
}


def waiting(lock: MeasuredLock) -> tuple[str, ...]:
    """Which kinds of queries wait while it is held; none where nobody else can see the relation."""
    return () if lock.new else queries_behind(lock.mode)


def queries_behind(mode: LockMode) -> tuple[str, ...]:
    return tuple(words for words, asked in QUERIES if asked in mode.conflicts)


def who_waits(lock: MeasuredLock) -> str:
    """The same in as few words as possible: "writes wait"."""
    return "nobody waits, it is new" if lock.new else _WAITERS[lock.mode]


def felt(lock: MeasuredLock) -> bool:
    """Whether ordinary queries of somebody else wait for it."""
    return not lock.new and bool(lock.mode.blocks)


def strongest(locks: Iterable[MeasuredLock]) -> MeasuredLock | None:
    """The lock that others feel most: not of a new relation, then by mode, then a table's."""
    return max(locks, key=_weight, default=None)


def told(
    locks: Iterable[MeasuredLock], before: Iterable[MeasuredLock] = ()
) -> tuple[MeasuredLock, ...]:
    """Those that others feel. An index's own only where no table is locked as strongly with it,
    or was `before`: who takes one has its table as well."""
    found = tuple(each for each in locks if felt(each))
    tables = [each.mode for each in (*found, *before) if felt(each) and not each.index]
    strongest_table = max(tables, default=0)
    return tuple(each for each in found if not each.index or each.mode > strongest_table)


def named(relation: str) -> str:
    """A name on one line, as an author would write it: without the schema that everybody has."""
    return one_line(relation.removeprefix("public."))


def lock_words(lock: MeasuredLock) -> str:
    """ShareLock on orders: writes wait."""
    return f"{lock.mode.label} on {named(lock.relation)}: {who_waits(lock)}"


def _weight(lock: MeasuredLock) -> tuple[bool, int, bool, float]:
    return not lock.new, lock.mode, not lock.index, lock.held_ms
