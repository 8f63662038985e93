"""A snapshot of a database's schema, read from PostgreSQL's own catalogue."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from psycopg.pq import TransactionStatus
from psycopg.types.string import TextLoader

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.links import read_links
from bot.core.schemas.schema import Definition, Snapshot

MIGRATIONS_TABLE = "_prisma_migrations"


def snapshot(
    connection: Connection,
    *,
    schemas: Sequence[str] | None = None,
    exclude: Sequence[str] = (MIGRATIONS_TABLE,),
    privileges: bool = False,
    known: dict[str, Definition] | None = None,
    links: bool = False,
) -> Snapshot:
    """Every object of the schemas named, or of all that are not PostgreSQL's own.

    Relations named in `exclude` do not count, in whichever schema. `privileges` adds owners and
    grants. Inside an open transaction it sees that transaction; outside it takes one of its own.
    `known` are the definitions of the last snapshot: what is the same is taken from there, and left
    there for the next one. `links` adds what a draft wants to know of each object, and no
    comparison looks at.
    """
    names = {
        "schemas": None if schemas is None else list(schemas),
        "exclude": list(exclude),
        "privileges": privileges,
    }
    alone = connection.info.transaction_status == TransactionStatus.IDLE
    # Rolling back also puts the settings back, where we are inside somebody's transaction.
    with explained("read the catalogue"), connection.transaction(force_rollback=True):
        if alone:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Names are printed with their schema, unless they can be found without it.
        connection.execute("SET LOCAL search_path = ''")
        connection.execute("SET LOCAL jit = off")
        rows = _rows(connection, names)
        linked = read_links(connection, identity) if links else {}
    before, now = dict(known or {}), {} if known is None else known
    now.clear()
    found = {}
    for kind, parts, text in rows:
        if text not in now:
            now[text] = before[text] if text in before else _definition(json.loads(text))
        key = kind, identity(parts)
        found[key] = tuple(sorted((*now[text], *linked.get(key, ())))) if linked else now[text]
    return found


def _rows(connection: Connection, names: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """With what is JSON as the text it came as."""
    with connection.cursor() as cursor:
        for name in ("json", "jsonb"):
            cursor.adapters.register_loader(name, TextLoader)
        return cursor.execute(_query(), names).fetchall()


@cache
def _query() -> bytes:
    return Path(__file__).with_name("catalogue.sql").read_bytes()


def identity(parts: Sequence[str]) -> str:
    """`schema.table.column` without quotes, except round a name that has a dot of its own."""
    if len(parts) == 1:
        return parts[0]
    return ".".join(_part(each) for each in parts)


def _part(name: str) -> str:
    if "(" in name:
        return name
    return '"' + name.replace('"', '""') + '"' if "." in name or '"' in name else name


def _definition(attributes: dict[str, str | int | bool | None]) -> Definition:
    return tuple(sorted((name, value) for name, value in attributes.items() if value is not None))
