"""What a statement that runs alone has made, or left half made: read from the catalogue."""

from collections.abc import Sequence
from typing import Any

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.target.part import Part
from bot.core.findings.found import Attachment, FoundIndex

# Which index another role is building is not for every role to see: then every one counts that is
# not valid, of a table that the builder has locked.
_INDEXES = """
SELECT format('%%I.%%I', namespace.nspname, class.relname), class.relname,
       format('%%I.%%I', table_namespace.nspname, indexed.relname),
       pg_get_indexdef(index.indexrelid),
       index.indisvalid AND index.indisready AND index.indislive,
       ARRAY(SELECT pg_get_indexdef(index.indexrelid, key, true)
               FROM generate_series(1, index.indnkeyatts) AS key),
       coalesce(pg_get_expr(index.indpred, index.indrelid, true), ''),
       coalesce((SELECT pid FROM pg_stat_progress_create_index AS progress
                  WHERE datname = current_database()
                    AND (index_relid = index.indexrelid
                         OR index_relid IS NULL AND NOT index.indisvalid AND EXISTS (
                            SELECT FROM pg_locks
                             WHERE pg_locks.pid = progress.pid AND relation = index.indrelid
                               AND mode = 'ShareUpdateExclusiveLock'))
                  LIMIT 1), 0)
  FROM pg_index AS index
  JOIN pg_class AS class ON class.oid = index.indexrelid
  JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
  JOIN pg_class AS indexed ON indexed.oid = index.indrelid
  JOIN pg_namespace AS table_namespace ON table_namespace.oid = indexed.relnamespace
 WHERE {which} = to_regclass(%s)
 ORDER BY 1
"""
_ON_TABLE = _INDEXES.format(which="index.indrelid")
_NAMED = _INDEXES.format(which="index.indexrelid")

# The column is there since PostgreSQL 14, as is what it is about.
_ATTACHMENT = """
SELECT coalesce((to_jsonb(pg_inherits) ->> 'inhdetachpending')::boolean, false)
  FROM pg_inherits WHERE inhparent = to_regclass(%s) AND inhrelid = to_regclass(%s)
"""

_SESSION = """
SELECT pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
  FROM pg_stat_activity WHERE pid = pg_backend_pid()
"""
_ALIVE = """
SELECT 1 FROM pg_stat_activity WHERE pid = %s
   AND to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') = %s
"""


class Leftovers(Part):
    """See world.Probing."""

    def indexes_on(self, table: str, settings: Sequence[str]) -> tuple[FoundIndex, ...]:
        return tuple(_index(*row) for row in self._look(_ON_TABLE, (table,), settings))

    def index(self, name: str, settings: Sequence[str]) -> FoundIndex | None:
        found = self._look(_NAMED, (name,), settings)
        return _index(*found[0]) if found else None

    def attachment(self, table: str, partition: str, settings: Sequence[str]) -> Attachment:
        found = self._look(_ATTACHMENT, (table, partition), settings)
        if not found:
            return Attachment.DETACHED
        return Attachment.PENDING if found[0][0] else Attachment.ATTACHED

    def session(self) -> tuple[int, str]:
        ((pid, started),) = self._look(_SESSION, (), ())
        return pid, started

    def alive(self, pid: int, backend_start: str) -> bool:
        return bool(self._look(_ALIVE, (pid, backend_start), ()))

    def _look(self, query: str, values: Sequence[object], settings: Sequence[str]) -> list[Any]:
        """The settings decide what a name without a schema means; they are reset at once."""
        with explained("look for what is there"):
            if not settings:
                return self._connection.execute(query.encode(), values).fetchall()
            with self._connection.transaction(force_rollback=True):
                for each in settings:
                    self._connection.execute(each.encode())
                self._connection.execute("SET LOCAL statement_timeout = 0")
                return self._connection.execute(query.encode(), values).fetchall()


def _index(
    name: str,
    bare: str,
    table: str,
    definition: str,
    valid: bool,
    keys: list[str],
    condition: str,
    builder: int,
) -> FoundIndex:
    return FoundIndex(name, bare, table, definition, valid, tuple(keys), condition, builder)
