"""What PostgreSQL does to run a statement: which locks it takes, what it rewrites, scans, loses."""

from dataclasses import dataclass
from enum import IntEnum


class LockMode(IntEnum):
    """PostgreSQL's table-level lock modes, from weakest to strongest.

    https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
    """

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @property
    def label(self) -> str:
        """The name pg_locks shows: "ShareLock"."""
        return self.name.replace("_", " ").title().replace(" ", "") + "Lock"

    @property
    def blocks(self) -> str:
        """What ordinary queries wait for while it is held, in words; empty if none."""
        if self is LockMode.ACCESS_EXCLUSIVE:
            return "all reads and writes"
        if self >= LockMode.SHARE:
            return "all writes"
        return ""

    @property
    def conflicts(self) -> "frozenset[LockMode]":
        """The modes that nobody else is given while this one is held."""
        return _CONFLICTS[self]


def _but(*compatible: LockMode) -> frozenset[LockMode]:
    return frozenset(LockMode) - {*compatible}


# Row by row the table "Conflicting Lock Modes" of PostgreSQL's manual, section 13.3.1:
# https://www.postgresql.org/docs/18/explicit-locking.html#TABLE-LOCK-COMPATIBILITY
# The same since 7.2, when SHARE UPDATE EXCLUSIVE came.
_CONFLICTS = {
    LockMode.ACCESS_SHARE: frozenset({LockMode.ACCESS_EXCLUSIVE}),
    LockMode.ROW_SHARE: frozenset({LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE}),
    LockMode.ROW_EXCLUSIVE: frozenset(
        {
            LockMode.SHARE,
            LockMode.SHARE_ROW_EXCLUSIVE,
            LockMode.EXCLUSIVE,
            LockMode.ACCESS_EXCLUSIVE,
        }
    ),
    LockMode.SHARE_UPDATE_EXCLUSIVE: _but(
        LockMode.ACCESS_SHARE, LockMode.ROW_SHARE, LockMode.ROW_EXCLUSIVE
    ),
    LockMode.SHARE: _but(LockMode.ACCESS_SHARE, LockMode.ROW_SHARE, LockMode.SHARE),
    LockMode.SHARE_ROW_EXCLUSIVE: _but(LockMode.ACCESS_SHARE, LockMode.ROW_SHARE),
    LockMode.EXCLUSIVE: _but(LockMode.ACCESS_SHARE),
    LockMode.ACCESS_EXCLUSIVE: frozenset(LockMode),
}


@dataclass(frozen=True, order=True)
class Lock:
    """A lock on one relation. `relation` is `schema.name` as the catalogue stores it, unquoted.

    `new` says that the relation was created earlier in the same migration or pull request, so that
    nobody else can be waiting for it.
    """

    relation: str
    mode: LockMode
    new: bool = False


@dataclass(frozen=True)
class Effects:
    """What a statement is predicted to do; relation names as in Lock.

    `rebuilds` are indexes that are built anew, `loses` the tables and columns whose data is gone,
    `misses` the names that an older version of the application would look for in vain.
    `if_rows` are the locks that it takes besides, or more strongly, if there are rows for it to
    change. `spared` are those of `scans` that a valid CHECK may spare, if it implies what is looked
    for: that is for the server to prove. `conditional` says that code decides whether some of it
    happens. `understood` is False where the statement's text does not say what it will do (dynamic
    SQL).
    """

    transactional: bool = True
    locks: tuple[Lock, ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    understood: bool = True
    rebuilds: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    conditional: bool = False
    if_rows: tuple[Lock, ...] = ()
    spared: tuple[str, ...] = ()
