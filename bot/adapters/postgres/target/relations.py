"""The relations that a plan is about, as the catalogue has them: whose they are, and who may lock.

Preflight asks for their owners, and the locks right after it for what there is to lock: one look
serves both.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from psycopg import sql

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.target.part import Part
from bot.core.migrations.effects import LockMode
from bot.core.targets.url import inside

# Functions instead of the views above them: the first query in a database pays for each by itself.
_RELATIONS = """
SELECT asked.relation, class.oid::bigint, namespace.nspname || '.' || class.relname,
       pg_catalog.pg_get_userbyid(class.relowner)::text,
       pg_catalog.pg_has_role(class.relowner, 'USAGE'), class.relkind::text,
       usable AND pg_catalog.has_table_privilege(class.oid, 'SELECT'),
       usable AND pg_catalog.has_table_privilege(class.oid, 'UPDATE, DELETE, TRUNCATE'),
       class.relhassubclass
       OR EXISTS (SELECT FROM pg_catalog.pg_lock_status() AS lock
                   WHERE lock.relation = class.oid
                     AND lock.pid IS DISTINCT FROM pg_catalog.pg_backend_pid())
  FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked (relation, here, there)
  JOIN pg_catalog.pg_class AS class ON class.oid = coalesce(
         pg_catalog.to_regclass(asked.here), pg_catalog.to_regclass(asked.there))
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace,
       pg_catalog.has_schema_privilege(class.relnamespace, 'USAGE') AS usable
"""
# Seconds. Whoever looks again and again wants to see what has changed.
_A_MOMENT = 0.1


@dataclass(frozen=True)
class Relation:
    """One that is there: `name` is `schema.name` as it is called here. `busy` says that somebody
    has a lock on it, or may have one on a part of it."""

    oid: int
    name: str
    owner: str
    owned: bool
    kind: str
    readable: bool
    writable: bool
    busy: bool

    def lockable(self, mode: LockMode) -> bool:
        """Whether LOCK TABLE takes it: that takes tables only, and asks for privileges that the
        statements need not have."""
        free = self.readable if mode is LockMode.ACCESS_SHARE else self.writable
        return self.kind in ("r", "p") and free


class Relations(Part):
    """What other parts ask of relations."""

    _known: Mapping[str, Relation] = {}
    _asked: frozenset[str] = frozenset()
    _looked_at = float("-inf")

    def _see(self, names: Collection[str]) -> Mapping[str, Relation]:
        """Those that are there, by the names that were asked for, as they are or were a moment
        ago."""
        fresh = time.monotonic() - self._looked_at < _A_MOMENT
        if not (fresh and self._asked.issuperset(names)):
            self._known = self._look_up(sorted({*names}))
            self._asked, self._looked_at = frozenset(names), time.monotonic()
        return {name: self._known[name] for name in names if name in self._known}

    def _look_up(self, names: list[str]) -> Mapping[str, Relation]:
        here = [quoted(inside(each, self._schema)) for each in names]
        values = names, here, [quoted(each) for each in names]
        with explained("look at the tables that the migrations are about"):
            rows = self._connection.execute(_RELATIONS, values).fetchall()
        return {name: Relation(*rest) for name, *rest in rows}


def quoted(relation: str) -> str:
    """A name as the catalogue stores it, as SQL: where a schema's name has a dot, of nothing."""
    schema, _, name = relation.partition(".")
    return sql.Identifier(schema, name or schema).as_string(None)
