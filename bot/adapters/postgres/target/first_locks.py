"""Taking the locks of a transaction before its first statement, all within one bound.

lock_timeout counts for each lock by itself, so it is set again before each to what is left of the
whole.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from psycopg import sql

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.piping import Query
from bot.adapters.postgres.target.part import Part
from bot.core.blocker import Need
from bot.core.url import inside

# LOCK TABLE takes tables only, and asks for privileges that the statements need not have: what it
# would refuse is locked by the statement itself. The hardest to get come first, so that little is
# held while they are waited for.
_TABLES = """
SELECT need.place - 1, namespace.nspname || '.' || class.relname,
       class.relkind IN ('r', 'p')
       AND pg_catalog.has_schema_privilege(class.relnamespace, 'USAGE')
       AND pg_catalog.has_table_privilege(
             class.oid, CASE need.mode WHEN 1 THEN 'SELECT' ELSE 'UPDATE, DELETE, TRUNCATE' END),
       class.relhassubclass
       OR EXISTS (SELECT FROM pg_catalog.pg_locks AS lock
                   WHERE lock.relation = class.oid
                     AND lock.pid IS DISTINCT FROM pg_catalog.pg_backend_pid())
  FROM unnest(%s::text[], %s::text[], %s::integer[]) WITH ORDINALITY
       AS need (here, relation, mode, place)
  JOIN pg_catalog.pg_class AS class ON class.oid = coalesce(
         pg_catalog.to_regclass(need.here), pg_catalog.to_regclass(need.relation))
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
 ORDER BY need.mode DESC, class.oid
"""

# now() is when the transaction began.
_WHAT_IS_LEFT = """SELECT pg_catalog.set_config('lock_timeout', greatest(1, $1::text::integer
    - (extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.now()) * 1000)::integer
    )::text, true)"""


class FirstLocks(Part):
    """The tables that are locked first. What a look finds serves the attempt that follows it."""

    _found: tuple[Sequence[Need], list[Need]] | None = None
    _tried: Sequence[Need] = ()

    def _look_at(self, needs: Sequence[Need]) -> list[Need]:
        """Those that are there, under the names that they have, if anybody has a lock on one of
        them or may have one on a partition of it."""
        arrays = (
            [quoted(inside(each.relation, self._schema)) for each in needs],
            [quoted(each.relation) for each in needs],
            [int(each.mode) for each in needs],
        )
        with explained("see which tables there are to lock"):
            rows = self._connection.execute(_TABLES, arrays).fetchall()
        there = [replace(needs[place], relation=name) for place, name, _, _ in rows]
        lockable = [each for each, row in zip(there, rows, strict=True) if row[2]]
        self._found = needs, lockable
        return there if any(busy for _, _, _, busy in rows) else []

    def _first_locks(self, needs: Sequence[Need], timeout: int) -> list[Query]:
        """What takes them in a transaction; `timeout` is milliseconds for all of them together."""
        if not any(each.early for each in needs):
            return []
        if self._found is None or self._found[0] != needs:
            self._look_at(needs)
        assert self._found is not None
        early = [each for each in self._found[1] if each.early]
        if self._tried == needs:
            # An application that locks them in another order may block every attempt in this one.
            random.shuffle(early)
        self._found, self._tried = None, needs
        return list(_queries(early, timeout))


def quoted(relation: str) -> str:
    """A name as the catalogue stores it, as SQL: where a schema's name has a dot, of nothing."""
    schema, _, name = relation.partition(".")
    return sql.Identifier(schema, name or schema).as_string(None)


def _queries(needs: Sequence[Need], timeout: int) -> Iterator[Query]:
    for place, each in enumerate(needs):
        if place > 0:
            yield _WHAT_IS_LEFT, (str(timeout),)
        mode = each.mode.name.replace("_", " ")
        yield f"LOCK TABLE ONLY {quoted(each.relation)} IN {mode} MODE", ()
    if len(needs) > 1:
        yield f"SET LOCAL lock_timeout = {timeout}", ()
