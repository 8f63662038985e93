"""What a target keeps, and what of it has had its time."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from bot.adapters.postgres import migrations_table
from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.kept.names import AFTER, CONFLICTS, INDEX, on_shelf
from bot.core.kept.kept import Conflict, GivenBack, Kept
from bot.core.kept.loss import Losing
from bot.core.kept.table import KeptColumn

_THERE = f"SELECT pg_catalog.to_regclass('{INDEX}') IS NOT NULL"
# Of two migrations the later one comes first, and of one its last statement: the way back.
_LISTED = """
SELECT shelf, record, migration, statement, line, kind, table_schema, table_name, columns, key,
       rows, bytes, at, until, sequences, until < now(), given_at, given,
       coalesce((SELECT sum((each ->> 1)::int8)
                   FROM jsonb_array_elements(conflicts) AS each), 0)::int8,
       partial
  FROM migration_bot.kept
 WHERE (%s::text[] IS NULL OR record = ANY (%s))
   AND pg_catalog.to_regclass(pg_catalog.format('migration_bot.%%I', shelf)) IS NOT NULL
 ORDER BY at DESC, migration DESC, statement DESC, shelf DESC
"""
_GIVEN = """
SELECT shelf, table_schema || '.' || table_name, given, conflicts FROM migration_bot.kept
 WHERE record = ANY (%s) AND given_at IS NOT NULL ORDER BY at DESC, statement DESC, shelf DESC
"""
_UNFINISHED = "SELECT id FROM {table} WHERE finished_at IS NULL AND rolled_back_at IS NULL"
# Somebody has dropped them by hand.
_ORPHANS = """DELETE FROM migration_bot.kept
 WHERE pg_catalog.to_regclass(pg_catalog.format('migration_bot.%I', shelf)) IS NULL"""
_FORGET = "DELETE FROM migration_bot.kept WHERE shelf = %s"
# Whoever reads a kept table must not hold up the end of a rollout.
_PATIENCE = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '60s'"


def is_there(connection: Connection) -> bool:
    row = connection.execute(_THERE.encode()).fetchone()
    return bool(row and row[0])


def listed(
    connection: Connection, schema: str, records: Sequence[str] | None = None
) -> tuple[Kept, ...]:
    """What is kept of the migrations with these rows, of all if None; what is given back first
    comes first."""
    if not is_there(connection):
        return ()
    asked = None if records is None else list(records)
    # In binary: the text of a time follows the DateStyle of the role or the database.
    rows = connection.execute(_LISTED, (asked, asked), binary=True).fetchall()
    unfinished = _unfinished(connection, schema) if rows else set()
    return tuple(_kept(row, unfinished) for row in rows)


def given_back(connection: Connection, records: Sequence[str]) -> GivenBack:
    """What became of what was kept of the migrations with these rows."""
    if not is_there(connection):
        return GivenBack()
    rows = connection.execute(_GIVEN, (list(records),)).fetchall()
    conflicts = [
        Conflict(relation, why, count, f"SELECT * FROM {on_shelf(shelf + CONFLICTS)}")  # noqa: S608
        for shelf, relation, _, found in rows
        for why, count in found
    ]
    return GivenBack(sum(given for _, _, given, _ in rows), tuple(conflicts))


def prune(connection: Connection, schema: str) -> tuple[Kept, ...]:
    """Delete what has had its time, but for what is of a migration that is not finished."""
    with connection.transaction():
        connection.execute(_PATIENCE)
        gone = tuple(
            each for each in listed(connection, schema) if each.expired and not each.unfinished
        )
        for each in gone:
            _drop(connection, each)
        if is_there(connection):
            connection.execute(_ORPHANS)
    return gone


def _drop(connection: Connection, kept: Kept) -> None:
    names = [on_shelf(f"{kept.shelf}{ending}") for ending in ("", AFTER, CONFLICTS)]
    connection.execute(f"DROP TABLE IF EXISTS {', '.join(names)}".encode())
    connection.execute(_FORGET, (kept.shelf,))


def _unfinished(connection: Connection, schema: str) -> set[str]:
    if not migrations_table.exists(connection, schema):
        return set()
    table = sql.Identifier(schema, migrations_table.TABLE)
    return {row[0] for row in connection.execute(sql.SQL(_UNFINISHED).format(table=table))}


def _kept(row: Any, unfinished: set[str]) -> Kept:
    shelf, record, migration, statement, line, kind, schema, name, columns, key, *rest = row
    rows, bytes, at, until, sequences, expired, given_at, given, conflicts, partial = rest
    return Kept(
        shelf=shelf,
        record=record,
        migration=migration,
        statement=statement,
        line=line,
        kind=Losing(kind),
        schema=schema,
        name=name,
        columns=tuple(KeptColumn(*each) for each in columns),
        key=tuple(KeptColumn(*each) for each in key),
        rows=rows,
        bytes=bytes,
        at=at,
        until=until,
        sequences=tuple(sorted(sequences.items())),
        expired=expired,
        unfinished=record in unfinished,
        given_at=given_at,
        given=given,
        conflicts=conflicts,
        partial=partial,
    )
