"""A snapshot of a database's schema, read from PostgreSQL's own catalogue."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from psycopg.pq import TransactionStatus
from psycopg.types.string import TextLoader

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.links import read_links
from bot.core.quoting import identity_part
from bot.core.schemas.schema import Definition, Snapshot

# Some hosts let nobody read all of the catalogue.
_HIDDEN = """
SELECT c.relname FROM pg_catalog.pg_class AS c
 WHERE c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND c.relkind IN ('r', 'v')
   AND NOT pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
"""
_BRANCH = "\n\nUNION ALL\n"
_INNER = "\n        UNION ALL\n"
_KINDS = re.compile(r"(?:--.*\n)*SELECT (.*?),\s+ARRAY\[", re.DOTALL)

MIGRATIONS_TABLE = "_prisma_migrations"
_SINCE = re.compile(r"^.* -- since (\d+)\n", re.MULTILINE)


def snapshot(
    connection: Connection,
    *,
    schemas: Sequence[str] | None = None,
    exclude: Sequence[str] = (MIGRATIONS_TABLE,),
    privileges: bool = False,
    known: dict[str, Definition] | None = None,
    wide: bool = False,
    unseen: list[str] | None = None,
    links: bool = False,
) -> Snapshot:
    """Every object of the schemas named, or of all that are not PostgreSQL's own.

    Relations named in `exclude` do not count, in whichever schema. `privileges` adds owners and
    grants. Inside an open transaction it sees that transaction; outside it takes one of its own.
    `known` are the definitions of the last snapshot: what is the same is taken from there, and left
    there for the next one. What is in no schema, such as a publication, is there with `wide`, or
    where no schemas are named. Kinds that the role may not read are put into `unseen`, if it is
    given, and left out; otherwise that is refused. `links` adds what a draft wants to know of each
    object, and no comparison looks at; not where something could not be read.
    """
    names = {
        "schemas": None if schemas is None else list(schemas),
        "exclude": list(exclude),
        "privileges": privileges,
        "wide": wide or schemas is None,
    }
    alone = connection.info.transaction_status == TransactionStatus.IDLE
    # Rolling back also puts the settings back, where we are inside somebody's transaction.
    with explained("read the catalogue"), connection.transaction(force_rollback=True):
        if alone:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Names are printed with their schema, unless they can be found without it.
        connection.execute("SET LOCAL search_path = ''")
        connection.execute("SET LOCAL jit = off")
        rows = _rows(connection, names, unseen)
        linked = read_links(connection, identity) if links and not unseen else {}
    before, now = dict(known or {}), {} if known is None else known
    now.clear()
    found = {}
    for kind, parts, text in rows:
        if text not in now:
            now[text] = before[text] if text in before else _definition(json.loads(text))
        key = kind, identity(parts)
        found[key] = tuple(sorted((*now[text], *linked.get(key, ())))) if linked else now[text]
    return found


def _rows(
    connection: Connection, names: Mapping[str, object], unseen: list[str] | None
) -> list[tuple[Any, ...]]:
    """With what is JSON as the text it came as."""
    query = _query(connection.info.server_version // 10_000)
    if unseen is not None:
        hidden = [str(name) for (name,) in connection.execute(_HIDDEN).fetchall()]
        query, kinds = without_hidden(query, hidden)
        unseen += kinds
    with connection.cursor() as cursor:
        for name in ("json", "jsonb"):
            cursor.adapters.register_loader(name, TextLoader)
        return cursor.execute(query.encode(), names).fetchall()


def without_hidden(query: str, hidden: Collection[str]) -> tuple[str, list[str]]:
    """The query without what reads the catalogues in `hidden`, and the kinds that are left out."""
    names = re.compile(rf"\b(?:{'|'.join(map(re.escape, hidden))})\b")
    if not hidden or not names.search(query):
        return query, []
    kept, unseen = [], []
    for branch in query.split(_BRANCH):
        first, *inner = branch.split(_INNER)
        left = _INNER.join([first, *(each for each in inner if not names.search(each))])
        found = _KINDS.match(branch)
        if found is not None and names.search(left):
            unseen += re.findall(r"'([a-z ]{3,})'", found[1])
        else:
            kept.append(left)
    return _BRANCH.join(kept), unseen


@cache
def _query(major: int) -> str:
    text = Path(__file__).with_name("catalogue.sql").read_text("utf-8")
    return _SINCE.sub(lambda line: line[0] if int(line[1]) <= major else "", text)


def identity(parts: Sequence[str]) -> str:
    """`schema.table.column` without quotes, except round a name that has a dot of its own."""
    if len(parts) == 1:
        return parts[0]
    return ".".join(_part(each) for each in parts)


def _part(name: str) -> str:
    if "(" in name:
        return name
    return identity_part(name)


def _definition(attributes: dict[str, str | int | bool | None]) -> Definition:
    return tuple(sorted((name, value) for name, value in attributes.items() if value is not None))
