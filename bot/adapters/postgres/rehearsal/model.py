"""What Prisma's SQL for schema.prisma makes, where the migrations have run: tried, and taken back.

It happens in the database that was migrated, in one transaction of the author: what Prisma models
is dropped there and made anew, looked at, and rolled back. So types, functions, operator classes
and extensions that Prisma's SQL only mentions are there, and no second database is needed, which a
given server might not allow. Statements go one by one, by the protocol that takes only one: text
out of a stranger's schema cannot end the transaction.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import psycopg
from psycopg import sql

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.refusals import refusal_of
from bot.core.rehearsals.rehearsal import SchemaAgreement
from bot.core.rehearsals.rehearsal_order import ModelOrder
from bot.core.schemas.modelled import model_differences
from bot.core.schemas.schema import Snapshot
from bot.errors import PostgresError

# All that Prisma writes to make a schema from nothing, and nothing that ends a transaction.
_EXPECTED = re.compile(r"CREATE (?:SCHEMA|TYPE|TABLE|INDEX|UNIQUE INDEX)\b|ALTER TABLE\b")
_EXTENSION = re.compile(r"CREATE EXTENSION\b")
_TABLE = re.compile(r'CREATE TABLE (?:"((?:[^"]|"")+)"\.)?"((?:[^"]|"")+)" \(')

_CALMED = (
    b"SET ROLE NONE",
    b"SET default_transaction_read_only = off",
    b"SET default_transaction_isolation = 'read committed'",
    b"SET default_transaction_deferrable = off",
    b"SET statement_timeout = 0",
    b"SET lock_timeout = 0",
    b"SET client_min_messages = warning",
    b"SET standard_conforming_strings = on",
)
# What goes first takes with it what stands on it. Extensions keep what is theirs.
_DROPS = b"""
SELECT 'DROP ' || what || ' IF EXISTS ' || pg_catalog.string_agg(name, ', ') || ' CASCADE'
  FROM (
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
               WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS what,
           pg_catalog.format('%%I.%%I', n.nspname, c.relname) AS name, c.oid,
           'pg_catalog.pg_class'::pg_catalog.regclass AS class
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY (%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND NOT c.relispartition AND c.relname <> '_prisma_migrations'
    UNION ALL
    SELECT 'TYPE', pg_catalog.format('%%I.%%I', n.nspname, t.typname), t.oid,
           'pg_catalog.pg_type'::pg_catalog.regclass
      FROM pg_catalog.pg_type AS t
      JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
     WHERE n.nspname = ANY (%(schemas)s) AND t.typtype = 'e'
  ) AS found
 WHERE NOT EXISTS (
     SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid = found.class AND d.objid = found.oid AND d.deptype = 'e')
 GROUP BY what ORDER BY what = 'TYPE', what
"""


class _Unexpected(Exception):
    """SQL that Prisma does not write."""


def agreement_of(
    connect: Callable[[], Connection],
    guard: Guard,
    order: ModelOrder,
    migrated: Snapshot,
) -> SchemaAgreement:
    """schema.prisma against `migrated`, which the database holds, and holds afterwards.

    `connect` opens a connection of the author.
    """
    if order.problem:
        return SchemaAgreement(order.prisma, problem=order.problem)
    try:
        with connect() as connection, guard.watching(connection):
            modelled = _modelled(connection, order, migrated)
    except psycopg.Error as error:
        said = refusal_of(error, guard).message.rstrip(".")
        problem = f"The SQL that Prisma makes of schema.prisma was refused: {said}."
        return SchemaAgreement(order.prisma, problem=problem)
    except PostgresError as error:
        return SchemaAgreement(order.prisma, problem=error.message)
    except _Unexpected:
        problem = "The SQL that Prisma makes of schema.prisma is not only about tables and types."
        return SchemaAgreement(order.prisma, problem=problem)
    found = model_differences(
        modelled,
        migrated,
        schemas=order.schemas,
        open_defaults=order.open_defaults,
        outside=order.outside,
    )
    return SchemaAgreement(order.prisma, differences=found)


def _modelled(connection: Connection, order: ModelOrder, migrated: Snapshot) -> Snapshot:
    for setting in _CALMED:
        connection.execute(setting)
    with connection.transaction(force_rollback=True):
        connection.execute(b"SET LOCAL search_path = ''")
        drops = connection.execute(_DROPS, {"schemas": list(order.schemas)}).fetchall()
        for (drop,) in drops:
            _one(connection, drop)
        connection.execute(_search_path(order, migrated))
        generated = _generated(migrated)
        for each in order.statements:
            if _EXTENSION.match(each):
                continue
            if not _EXPECTED.match(each):
                raise _Unexpected
            _one(connection, _without_expressions(each, generated))
        return snapshot(connection, schemas=order.schemas)


def _one(connection: Connection, statement: str) -> None:
    """Binary results are asked for only because the protocol that has them takes one statement."""
    connection.execute(statement.encode("utf-8"), binary=True)


def _search_path(order: ModelOrder, migrated: Snapshot) -> sql.Composed:
    """Unqualified names are made in `public`, and found where extensions are as well."""
    extensions = [
        str(dict(definition)["schema"])
        for (kind, _), definition in migrated.items()
        if kind == "extension"
    ]
    names = dict.fromkeys(["public", *order.schemas, *sorted(extensions)])
    return sql.SQL("SET LOCAL search_path = {}").format(
        sql.SQL(", ").join(map(sql.Identifier, names))
    )


def _generated(migrated: Snapshot) -> Mapping[str, Sequence[str]]:
    """The names of generated columns by their table as `schema.table`."""
    found: dict[str, list[str]] = {}
    for (kind, identity), definition in migrated.items():
        if kind == "column" and dict(definition).get("generated"):
            table, _, column = identity.rpartition(".")
            found.setdefault(table, []).append(column)
    return found


def _without_expressions(statement: str, generated: Mapping[str, Sequence[str]]) -> str:
    """A generated column is modelled as one with that expression as its default, which PostgreSQL
    takes for a default that names other columns, and refuses."""
    match = _TABLE.match(statement)
    if match is None or not generated:
        return statement
    names = generated.get(f"{match[1] or 'public'}.{match[2]}", ())
    return "\n".join(_lines(statement.split("\n"), names))


def _lines(lines: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    for line in lines:
        column = line.strip().partition('" ')[0].removeprefix('"')
        before, default, _ = line.partition(" DEFAULT ")
        if default and column in names:
            yield before + ("," if line.endswith(",") else "")
        else:
            yield line
