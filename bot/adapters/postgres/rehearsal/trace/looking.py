"""A look at another session's locks, and at how much WAL there is, from the superuser's connection.

What is changed but not committed cannot be seen from there; locks can, and looking takes none that
the session could notice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.adapters.postgres.connection import Connection
from bot.core.migrations.effects import LockMode

_OWN_LOCKS = """
FROM pg_catalog.pg_locks
WHERE pid = %s AND granted AND locktype = 'relation' AND database = (
    SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
)
"""
# Added up by mode: a transaction may have thousands.
_LOOK = f"""
SELECT mode, pg_catalog.string_agg(relation::text, ' ') {_OWN_LOCKS} GROUP BY mode
UNION ALL
SELECT locktype, pg_catalog.min(COALESCE(virtualxid, transactionid::text))
FROM pg_catalog.pg_locks
WHERE pid = %s AND granted AND mode = 'ExclusiveLock'
  AND locktype IN ('virtualxid', 'transactionid')
GROUP BY locktype
UNION ALL
SELECT 'wal', pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::text
"""  # noqa: S608 - nothing but the text above
_MODES = {mode.label: mode for mode in LockMode}


@dataclass(frozen=True)
class Look:
    """What a session has at one moment: locks by relation, the strongest of each.

    `transaction` tells one transaction of it from the next. `writes` says that its transaction has
    changed something; without that, the catalogue is as it was. `wal` is the server's, in bytes.
    """

    locks: Mapping[int, LockMode] = field(default_factory=dict)
    transaction: str = ""
    writes: bool = False
    wal: int = 0


def look(admin: Connection, pid: int) -> Look:
    found = dict(admin.execute(_LOOK, (pid, pid)).fetchall())
    return Look(
        strongest((mode, found[label].split()) for label, mode in _MODES.items() if label in found),
        transaction=found.get("virtualxid", ""),
        writes="transactionid" in found,
        wal=int(found["wal"]),
    )


def strongest(held: Iterable[tuple[LockMode, Iterable[str]]]) -> dict[int, LockMode]:
    locks: dict[int, LockMode] = {}
    for mode, relations in sorted(held, key=lambda each: each[0]):
        locks.update(dict.fromkeys(map(int, relations), mode))
    return locks


def mode_of(label: str) -> LockMode | None:
    """The mode that pg_locks calls so; None for predicate locks, which nobody waits for."""
    return _MODES.get(label)
