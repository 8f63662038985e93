"""How big the tables are that are there already: asked only where a plan rewrites them."""

from collections.abc import Collection, Mapping

import psycopg
from psycopg.rows import dict_row

from bot.adapters.postgres.connection import Connection, explained
from bot.core.targets.server import TableFacts
from bot.core.targets.url import inside

_BEGIN = "BEGIN READ ONLY; SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = '10s'"

# `measured` looks at the files, which waits behind an ACCESS EXCLUSIVE lock; the pages that the
# catalogue last counted wait for nobody. A partition counts to the table that it is of.
_TABLES = """
WITH RECURSIVE asked AS (
    SELECT c.oid, n.nspname, c.relname, c.relowner
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname || '.' || c.relname = ANY (%(names)s) AND c.relkind IN ('r', 'p', 'm', 'f')
), family AS (
    SELECT oid AS root, oid FROM asked
     UNION
    SELECT family.root, i.inhrelid FROM family JOIN pg_inherits AS i ON i.inhparent = family.oid
)
SELECT asked.nspname || '.' || asked.relname AS relation,
       pg_get_userbyid(asked.relowner) AS owner, pg_has_role(asked.relowner, 'USAGE') AS owned,
       (SELECT coalesce(sum({size}), 0)::bigint
          FROM family WHERE family.root = asked.oid) AS bytes
  FROM asked
"""
_MEASURED = "pg_total_relation_size(family.oid)"
_COUNTED = """(SELECT coalesce(sum(f.relpages::bigint), 0) FROM pg_class AS f
    WHERE f.oid = family.oid
       OR f.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = family.oid)
       OR f.oid = (SELECT reltoastrelid FROM pg_class WHERE oid = family.oid)
   ) * current_setting('block_size')::bigint"""
_IN_THE_WAY = ("55P03", "57014")


def read_tables(
    connection: Connection, names: Collection[str], schema: str
) -> Mapping[str, TableFacts]:
    """Those that are there, by the name that was asked for, and how big they are."""
    if not names:
        return {}
    others = {inside(name, schema): name for name in names}
    wanted = list(dict.fromkeys([*names, *others]))
    found = {each.relation: each for each in _tables(connection, wanted)}
    here = {asked: found[name] for name, asked in others.items() if name in found}
    return {**{name: found[name] for name in names if name in found}, **here}


def _tables(connection: Connection, names: Collection[str]) -> tuple[TableFacts, ...]:
    with explained("look at the tables that the migrations are about"):
        try:
            return _asked(connection, names, _MEASURED)
        except psycopg.Error as error:
            if error.sqlstate not in _IN_THE_WAY:
                raise
            return _asked(connection, names, _COUNTED)


def _asked(connection: Connection, names: Collection[str], size: str) -> tuple[TableFacts, ...]:
    connection.execute(_BEGIN)
    try:
        with connection.cursor(row_factory=dict_row) as cursor:
            query = _TABLES.format(size=size).encode()
            return tuple(TableFacts(**row) for row in cursor.execute(query, {"names": [*names]}))
    finally:
        connection.execute("ROLLBACK")
