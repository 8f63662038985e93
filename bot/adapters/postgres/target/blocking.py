"""Who stands in the way of the locks that a migration needs, from pg_locks and pg_stat_activity."""

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.target.first_locks import FirstLocks
from bot.adapters.postgres.target.relations import quoted
from bot.core.migrations.effects import LockMode
from bot.core.migrations.literals import without_literals
from bot.core.rollouts.blocker import Blocker, Blocking, Need

# One that waits for a lock is in the way as well as one that holds it: nobody overtakes in the
# queue. A role that may not see a session sees neither its age, its state nor its query, and of
# autovacuum only that it has no user.
_BLOCKERS = """
WITH RECURSIVE wanted (oid, modes, heirs) AS (
  SELECT pg_catalog.to_regclass(need.relation)::oid, need.modes, need.heirs
    FROM unnest(%s::text[], %s::text[], %s::boolean[]) AS need (relation, modes, heirs)
   UNION
  SELECT inherits.inhrelid, wanted.modes, wanted.heirs
    FROM wanted JOIN pg_catalog.pg_inherits AS inherits ON inherits.inhparent = wanted.oid
   WHERE wanted.heirs
)
SELECT lock.pid, lock.virtualtransaction, lock.mode,
       namespace.nspname || '.' || class.relname AS relation,
       coalesce(activity.backend_type = 'autovacuum worker',
                activity.pid IS NOT NULL AND activity.usesysid IS NULL) AS autovacuum,
       coalesce(activity.query LIKE '%%(to prevent wraparound)' AND activity.state IS NOT NULL,
                FALSE)
       OR (activity.state IS NULL AND (
             pg_catalog.age(class.relfrozenxid)
               > pg_catalog.current_setting('autovacuum_freeze_max_age')::bigint
             OR pg_catalog.mxid_age(class.relminmxid)
               > pg_catalog.current_setting('autovacuum_multixact_freeze_max_age')::bigint
          )) AS wraparound,
       extract(epoch FROM pg_catalog.statement_timestamp() - coalesce(
          prepared.prepared, least(activity.xact_start,
             CASE activity.state WHEN 'active' THEN activity.query_start END)))::float8 AS age,
       coalesce(prepared.gid, activity.application_name, '') AS application,
       coalesce(prepared.owner, activity.usename, '') AS usename,
       coalesce(activity.state, '') AS state,
       CASE WHEN activity.state IS NOT NULL THEN activity.query END AS query
  FROM wanted
  JOIN pg_catalog.pg_locks AS lock
    ON lock.relation = wanted.oid
   AND lock.mode = ANY (pg_catalog.string_to_array(wanted.modes, ','))
  JOIN pg_catalog.pg_class AS class ON class.oid = lock.relation
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
  LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = lock.pid
  LEFT JOIN (pg_catalog.pg_prepared_xacts AS prepared
             JOIN pg_catalog.pg_locks AS own
               ON own.transactionid = prepared.transaction AND own.granted AND own.pid IS NULL)
    ON lock.pid IS NULL AND lock.virtualtransaction = own.virtualtransaction
 WHERE lock.locktype = 'relation'
   AND lock.database = (SELECT oid FROM pg_catalog.pg_database
                         WHERE datname = pg_catalog.current_database())
   AND lock.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
   AND activity.leader_pid IS NULL
"""

_DEADLOCK_TIMEOUT = """
SELECT setting::integer FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'
"""

_MODES = {mode.label: mode for mode in LockMode}


class InTheWay(FirstLocks):
    """See world.InTheWay."""

    def blockers(self, needs: Sequence[Need], older_than: float) -> tuple[Blocker, ...]:
        there = self._look_at(needs)
        if not there:
            return ()
        with explained("see who holds the locks that the migration needs"):
            cursor = self._connection.execute(_BLOCKERS, _arrays(there))
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        found = (_blocker(row, self._age(row)) for row in rows)
        return tuple(_strongest(each for each in found if each.age >= older_than))

    def deadlock_timeout(self) -> int:
        with explained("ask for deadlock_timeout"):
            row = self._connection.execute(_DEADLOCK_TIMEOUT).fetchone()
        return int(row[0]) if row else 1000

    def _age(self, row: dict[str, Any]) -> float:
        """Seconds; since we saw it first, where it is not for us to know since when it runs."""
        if row["age"] is not None:
            return float(row["age"])
        now = time.monotonic()
        return now - self._first_seen.setdefault((row["pid"], row["virtualtransaction"]), now)

    @cached_property
    def _first_seen(self) -> dict[tuple[int, str], float]:
        return {}


def _arrays(needs: Sequence[Need]) -> tuple[list[str], list[str], list[bool]]:
    """Relations, the modes that keep us out, and whether partitions are locked with them: what
    keeps reads or writes out of a table keeps them out of each."""
    return (
        [quoted(each.relation) for each in needs],
        [",".join(sorted(mode.label for mode in each.mode.conflicts)) for each in needs],
        [bool(each.mode.blocks) for each in needs],
    )


def _blocker(row: dict[str, Any], age: float) -> Blocker:
    kind = Blocking.SESSION
    if row["pid"] is None:
        kind = Blocking.PREPARED
    elif row["autovacuum"]:
        kind = Blocking.WRAPAROUND if row["wraparound"] else Blocking.AUTOVACUUM
    return Blocker(
        kind=kind,
        pid=row["pid"] or 0,
        relation=row["relation"],
        mode=_MODES[row["mode"]],
        age=age,
        application=row["application"],
        user=row["usename"],
        state=row["state"],
        query=without_literals(row["query"] or ""),
    )


def _strongest(found: Iterable[Blocker]) -> Iterator[Blocker]:
    """Each session once, by its strongest lock; the oldest first."""
    ordered = sorted(found, key=lambda each: (-each.age, each.pid, -each.mode, each.relation))
    known: set[tuple[int, str]] = set()
    for each in ordered:
        key = each.pid, each.application if each.kind is Blocking.PREPARED else ""
        if key not in known:
            known.add(key)
            yield each
