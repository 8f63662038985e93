"""Taking everything out of a database, inside of a transaction, without dropping the database."""

from collections.abc import Collection, Sequence

from psycopg import sql
from psycopg.sql import Identifier

from bot.adapters.postgres.connection import Connection, explained

# Whose they are: what our role does not own, it cannot drop.
_NOT_OURS = """
WITH member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT kind || ' ' || name || ' of ' || pg_get_userbyid(owner) FROM (
    SELECT 'pg_class'::regclass AS class, oid, 'relation' AS kind, oid::regclass::text AS name,
           relowner AS owner
      FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relnamespace <> ALL (
           SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')
    UNION ALL
    SELECT 'pg_proc'::regclass, oid, 'function', oid::regprocedure::text, proowner FROM pg_proc
     WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_namespace'::regclass, oid, 'schema', nspname, nspowner FROM pg_namespace
     WHERE oid >= 16384 AND nspname !~ '^pg_'
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, oid, 'event trigger', evtname, evtowner
      FROM pg_event_trigger
    UNION ALL
    SELECT 'pg_publication'::regclass, oid, 'publication', pubname, pubowner FROM pg_publication
) AS found
WHERE NOT pg_has_role(owner, 'USAGE')
  AND NOT EXISTS (SELECT 1 FROM member WHERE classid = class AND objid = found.oid)
ORDER BY 1
"""
_SUBSCRIPTIONS = """
SELECT 'subscription ' || subname FROM pg_catalog.pg_subscription
 WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_SCHEMAS = """
SELECT nspname FROM pg_catalog.pg_namespace AS n
 WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
   AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE deptype = 'e'
       AND classid = 'pg_namespace'::regclass AND objid = n.oid)
 ORDER BY 1
"""
_EXTENSIONS = """
SELECT extname FROM pg_catalog.pg_extension
 WHERE extname <> 'plpgsql' AND extname <> ALL (%s) ORDER BY 1
"""
# Everything that is in a schema by itself, and not a part of something else or of an extension.
_IN_SCHEMA = """
SELECT o.type, o.identity FROM pg_catalog.pg_depend AS d,
       pg_identify_object(d.classid, d.objid, 0) AS o
 WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace(quote_ident(%s))
   AND d.deptype = 'n' AND d.objsubid = 0
   AND d.classid NOT IN ('pg_default_acl'::regclass, 'pg_extension'::regclass)
   AND NOT EXISTS (SELECT 1 FROM pg_depend AS m
       WHERE m.classid = d.classid AND m.objid = d.objid AND m.deptype = 'e')
"""
# What is in no schema.
_OUTSIDE = """
SELECT o.type, o.identity FROM (
    SELECT 'pg_event_trigger'::regclass::oid AS class, oid FROM pg_event_trigger
    UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast
    UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language
) AS found, pg_identify_object(found.class, found.oid, 0) AS o
 WHERE found.oid >= 16384 AND NOT EXISTS (SELECT 1 FROM pg_depend AS m
       WHERE m.classid = found.class AND m.objid = found.oid AND m.deptype IN ('e', 'i'))
"""
_LARGE_OBJECTS = "SELECT lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata"
_WORDS = {"statistics object": "statistics"}
_FIRST = ("table", "view")
_LAST = "type"
_SHOWN = 10


def obstacles(connection: Connection) -> tuple[str, ...]:
    """What keeps this role from emptying the database, in words; nothing if it can."""
    with explained("see what may be dropped"):
        found = [
            str(row[0])
            for query in (_NOT_OURS, _SUBSCRIPTIONS)
            for row in connection.execute(query.encode())
        ]
    more = len(found) - _SHOWN
    return (*found[:_SHOWN], *([f"{more} more"] if more > 0 else []))


def empty(connection: Connection, kept: Collection[str]) -> None:
    """Drop what is there, but for the schema public, and the extensions `kept` in it.

    Raises psycopg.Error, and the transaction is over then."""
    for kind, identity in connection.execute(_OUTSIDE).fetchall():
        _drop(connection, kind, identity)
    for (schema,) in connection.execute(_SCHEMAS).fetchall():
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(schema)))
    for (extension,) in connection.execute(_EXTENSIONS, (list(kept),)).fetchall():
        connection.execute(
            sql.SQL("DROP EXTENSION IF EXISTS {} CASCADE").format(Identifier(extension))
        )
    empty_schema(connection, "public")
    connection.execute(_LARGE_OBJECTS)


def empty_schema(connection: Connection, schema: str) -> None:
    """Drop what is in a schema but for what belongs to extensions; the schema itself stays. Raises
    psycopg.Error, and the transaction is over then."""
    for kind, identity in _found(connection, schema):
        _drop(connection, kind, identity)


def _found(connection: Connection, schema: str) -> Sequence[tuple[str, str]]:
    """Tables first, which take their sequences along; types last, which others are made of."""
    found = connection.execute(_IN_SCHEMA, (schema,))
    rows = [(str(kind), str(identity)) for kind, identity in found]
    return sorted(rows, key=lambda row: (not row[0].endswith(_FIRST), row[0] == _LAST, row))


def _drop(connection: Connection, kind: str, identity: str) -> None:
    """PostgreSQL itself has quoted the identity."""
    word = _WORDS.get(kind, kind).upper()
    connection.execute(f"DROP {word} IF EXISTS {identity} CASCADE".encode())
