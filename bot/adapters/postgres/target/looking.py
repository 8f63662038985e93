"""What a target's server says about itself, and about what is in the database."""

import time

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.fingerprint import fingerprint
from bot.adapters.postgres.sizes import read_sizes
from bot.adapters.postgres.target.part import Part
from bot.core.server import ServerFacts
from bot.core.sizes import Sizes

_FACTS = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
       current_database(), current_setting('default_transaction_read_only') = 'on',
       pg_is_in_recovery()
"""

_INVALID = """
SELECT pg_catalog.format('%I.%I', namespace.nspname, class.relname)
  FROM pg_catalog.pg_index AS index
  JOIN pg_catalog.pg_class AS class ON class.oid = index.indexrelid
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
 WHERE NOT index.indisvalid AND class.relkind = 'i'
"""


def invalid_indexes(connection: Connection) -> frozenset[str]:
    """Indexes that a failed concurrent build left behind, as quoted names."""
    with explained("look for indexes that are not in use"):
        return frozenset(str(row[0]) for row in connection.execute(_INVALID))


class Looking(Part):
    """See world.Looking."""

    def facts(self) -> ServerFacts:
        with explained("ask the server about itself"):
            row = self._connection.execute(_FACTS).fetchone()
        assert row is not None
        version, major, database, read_only, in_recovery = row
        return ServerFacts(version.split()[0], major, database, read_only, in_recovery)

    def invalid_indexes(self) -> frozenset[str]:
        return invalid_indexes(self._connection)

    def fingerprint(self) -> str:
        return fingerprint(self._connection, self._schema)

    def sizes(self, *, columns: bool = False) -> Sizes:
        return read_sizes(
            self._connection,
            self._target.name,
            schema=self._schema,
            sleep=time.sleep,
            columns=columns,
        )
