"""Owners and rights that somebody gave by hand: kept over a reset as statements in the database.

They are written down in the transaction that takes out what they were given for, and forgotten when
they have been given back, so that whatever kills us in between, the next reset still knows them.
"""

from collections.abc import Sequence

import psycopg

from bot.adapters.postgres.connection import Connection
from bot.core.resets.scene import Clearing
from bot.core.rollouts.audit import AUDIT_SCHEMA

_TABLE = f"{AUDIT_SCHEMA}.reset"
_THERE = "SELECT pg_catalog.to_regclass(%s) IS NOT NULL"
_MAY = "SELECT has_database_privilege(current_database(), 'CREATE')"
_CREATE = f"""
CREATE SCHEMA IF NOT EXISTS {AUDIT_SCHEMA};
CREATE TABLE IF NOT EXISTS {_TABLE} (
    place pg_catalog.int8 GENERATED ALWAYS AS IDENTITY,
    statement pg_catalog.text PRIMARY KEY
)
"""
_INSERT = f"INSERT INTO {_TABLE} (statement) VALUES (%s) ON CONFLICT DO NOTHING"  # noqa: S608
_SELECT = f"SELECT statement FROM {_TABLE} ORDER BY place"  # noqa: S608
_DROP = f"DROP TABLE {_TABLE}"
_DROP_SCHEMA = f"DROP SCHEMA {AUDIT_SCHEMA}"
# What it was given for is not made any more.
_GONE = ("42P01", "42703", "42704", "42883", "3F000", "42809")

# Relations, functions and types of the schemas, and the schemas that are made anew. What is not
# null in `acl` was given or taken by somebody; `open` is what everybody may by default.
_OBJECTS = """
WITH spaces AS (
    SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname = ANY (%(schemas)s)
), member AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), found AS (
    SELECT 1 AS kind_order, 'pg_class'::regclass::oid AS class, c.oid,
           CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
                WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
                ELSE 'TABLE' END AS kind,
           CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS word,
           format('%%I.%%I', n.nspname, c.relname) AS name, c.relowner AS owner, c.relacl AS acl,
           NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                          AND c.relkind = 'S' AND d.deptype IN ('a', 'i')) AS apart,
           false AS open
      FROM pg_catalog.pg_class AS c JOIN spaces AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 2, 'pg_proc'::regclass::oid, p.oid,
           CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END,
           CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
           format('%%I.%%I(%%s)', n.nspname, p.proname,
                  pg_catalog.pg_get_function_identity_arguments(p.oid)),
           p.proowner, p.proacl, true, true
      FROM pg_catalog.pg_proc AS p JOIN spaces AS n ON n.oid = p.pronamespace
    UNION ALL
    SELECT 3, 'pg_type'::regclass::oid, t.oid, 'TYPE', 'TYPE',
           format('%%I.%%I', n.nspname, t.typname), t.typowner, t.typacl, true, true
      FROM pg_catalog.pg_type AS t JOIN spaces AS n ON n.oid = t.typnamespace
      LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
     WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
    UNION ALL
    SELECT 0, 'pg_namespace'::regclass::oid, n.oid, 'SCHEMA', 'SCHEMA', format('%%I', n.nspname),
           n.nspowner, n.nspacl, true, false
      FROM pg_catalog.pg_namespace AS n WHERE n.nspname = ANY (%(remade)s)
), objects AS (
    SELECT * FROM found WHERE NOT EXISTS (
        SELECT 1 FROM member WHERE classid = class AND objid = found.oid)
), columns AS (
    SELECT o.name, a.attname, a.attacl, o.owner FROM objects AS o
      JOIN pg_catalog.pg_attribute AS a ON o.class = 'pg_class'::regclass AND a.attrelid = o.oid
     WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT statement FROM (
    SELECT 0 AS step, kind_order, name,
           format('ALTER %%s %%s OWNER TO %%I', kind, name, pg_get_userbyid(owner)) AS statement
      FROM objects
     WHERE apart AND owner <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
    UNION ALL
    SELECT 1, kind_order, name, format('REVOKE ALL ON %%s %%s FROM PUBLIC', word, name)
      FROM objects
     WHERE open AND acl IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM aclexplode(acl) AS a WHERE a.grantee = 0)
    UNION ALL
    SELECT 2, kind_order, name,
           format('GRANT %%s ON %%s %%s TO %%s%%s', a.privilege_type, word, name,
                  CASE a.grantee WHEN 0 THEN 'PUBLIC'
                       ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM objects, aclexplode(acl) AS a WHERE a.grantee <> owner
    UNION ALL
    SELECT 3, 1, name,
           format('GRANT %%s (%%I) ON TABLE %%s TO %%s%%s', a.privilege_type, attname, name,
                  CASE a.grantee WHEN 0 THEN 'PUBLIC'
                       ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM columns, aclexplode(attacl) AS a WHERE a.grantee <> owner
) AS said ORDER BY step, kind_order, name, statement
"""


def is_unfinished(connection: Connection) -> bool:
    """Whether a reset of this database was broken off."""
    return connection.execute(_THERE, (_TABLE,)).fetchone() == (True,)


def write_down(connection: Connection, clearing: Clearing) -> int:
    """In the transaction that takes it all out; how many statements. What an earlier reset wrote
    down and never gave back stays."""
    given = {
        "schemas": list(clearing.schemas) if clearing.rights else [],
        "remade": list(clearing.remade),
    }
    statements = [str(row[0]) for row in connection.execute(_OBJECTS, given)]
    if not is_unfinished(connection):
        if not statements and connection.execute(_MAY).fetchone() == (False,):
            return 0
        connection.execute(_CREATE)
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT.encode(), [(each,) for each in statements])
    return len(statements)


def give_back(connection: Connection) -> tuple[int, tuple[str, ...]]:
    """Each by itself: how many were, and those that were refused with the reason. What is not made
    any more has no rights."""
    if not is_unfinished(connection):
        return 0, ()
    done, refused = 0, []
    for (statement,) in connection.execute(_SELECT.encode()).fetchall():
        try:
            connection.execute(str(statement).encode())
            done += 1
        except psycopg.Error as error:
            if error.sqlstate is None:
                raise
            if error.sqlstate not in _GONE:
                refused.append(f"{statement}: {error.diag.message_primary}")
    _forget(connection)
    return done, tuple(refused)


def _forget(connection: Connection) -> None:
    connection.execute(_DROP)
    for statement in _when_empty(connection):
        connection.execute(statement.encode())


def _when_empty(connection: Connection) -> Sequence[str]:
    """Our schema goes with the last that is in it."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_depend WHERE refobjid = to_regnamespace(%s)"
        " AND refclassid = 'pg_namespace'::regclass)"
        " OR NOT pg_has_role((SELECT nspowner FROM pg_catalog.pg_namespace"
        " WHERE nspname = %s), 'USAGE')",
        (AUDIT_SCHEMA, AUDIT_SCHEMA),
    ).fetchone()
    return [_DROP_SCHEMA] if row == (False,) else []
