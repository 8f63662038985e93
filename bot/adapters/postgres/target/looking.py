"""What a target's server says about itself, and about what is in the database."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.fingerprint import fingerprint
from bot.adapters.postgres.shape import shape_of
from bot.adapters.postgres.sizes import read_sizes
from bot.adapters.postgres.target.access import read_access
from bot.adapters.postgres.target.facts import read_facts
from bot.adapters.postgres.target.relations import Relations
from bot.adapters.postgres.target.replication import read_replication
from bot.adapters.postgres.target.tables import read_tables
from bot.core.doctor.access import Access
from bot.core.drift.look import Actual
from bot.core.rehearsals.sizes import Sizes
from bot.core.rollouts.replication import Replication
from bot.core.schemas.schema import Snapshot
from bot.core.targets.server import ServerFacts, TableFacts

# With partitioned ones, materialized views and foreign tables.
_TABLES = ("r", "p", "m", "f")

_INVALID = """
SELECT pg_catalog.format('%I.%I', namespace.nspname, class.relname)
  FROM pg_catalog.pg_index AS index
  JOIN pg_catalog.pg_class AS class ON class.oid = index.indexrelid
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
 WHERE NOT index.indisvalid AND class.relkind = 'i'
"""

# NOT NULL, which may be NOT VALID since PostgreSQL 18, among them.
_UNVALIDATED = """
SELECT pg_catalog.format('%I.%I.%I', namespace.nspname, class.relname, con.conname)
  FROM pg_catalog.pg_constraint AS con
  JOIN pg_catalog.pg_class AS class ON class.oid = con.conrelid
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
 WHERE NOT con.convalidated
"""


def invalid_indexes(connection: Connection) -> frozenset[str]:
    """Indexes that a failed concurrent build left behind, as quoted names."""
    with explained("look for indexes that are not in use"):
        return frozenset(str(row[0]) for row in connection.execute(_INVALID))


class Looking(Relations):
    """See world.Looking."""

    def facts(self) -> ServerFacts:
        facts, pid = read_facts(self._connection, self._url, servers=self._servers)
        return replace(facts, pooling=self._meet(pid))

    def access(self) -> Access:
        return read_access(self._connection, self._url, self._schema)

    def tables(self, names: Collection[str], *, sized: bool = True) -> Mapping[str, TableFacts]:
        if sized:
            return read_tables(self._connection, names, self._schema)
        seen = self._see(names)
        return {
            name: TableFacts(each.name, each.owner, each.owned, 0)
            for name, each in seen.items()
            if each.kind in _TABLES
        }

    def replication(self) -> Replication:
        return read_replication(self._connection)

    def invalid_indexes(self) -> frozenset[str]:
        return invalid_indexes(self._connection)

    def unvalidated(self) -> frozenset[str]:
        with explained("look for constraints that are not validated"):
            return frozenset(str(row[0]) for row in self._connection.execute(_UNVALIDATED))

    def fingerprint(self) -> str:
        return fingerprint(self._connection, self._schema)

    @property
    def schema(self) -> str:
        return self._schema

    def shape(self, schemas: Sequence[str]) -> Snapshot:
        return shape_of(self._connection, schemas)

    def actual(self, *, links: bool = False) -> Actual:
        unseen: list[str] = []
        found = shape_of(self._connection, None, unseen=unseen, links=links)
        major = self._connection.info.server_version // 10_000
        return Actual(found, major, self._schema, tuple(dict.fromkeys(unseen)))

    def wrong_with(self, query: str, *, timeout: int) -> str:
        connection = self._connection
        with explained("verify it"), connection.transaction(force_rollback=True):
            connection.execute("SET TRANSACTION READ ONLY")
            connection.execute(f"SET LOCAL statement_timeout = {int(timeout)}".encode())
            # The protocol that gives binary results takes one statement, and not two.
            cursor = connection.execute(query.encode(), binary=True)
            rows = cursor.fetchall() if cursor.description else []
        if not rows:
            return "it gave no rows."
        wrong = sum(not all(value is True for value in row) for row in rows)
        return f"{wrong} of its {len(rows)} rows are not true." if wrong else ""

    def sizes(self, *, columns: bool = False) -> Sizes:
        return read_sizes(
            self._connection,
            self._target.name,
            schema=self._schema,
            sleep=time.sleep,
            columns=columns,
        )
