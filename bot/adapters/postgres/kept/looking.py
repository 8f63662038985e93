"""What is asked of a server before rows are kept: the place for them, and their tables."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from bot.adapters.postgres.connection import Connection
from bot.core.kept.loss import Losing
from bot.core.kept.table import Cascade, KeptColumn, Shelf, TableToKeep

_HERE = Path(__file__).parent
_SHELF = (_HERE / "shelf.sql").read_text(encoding="utf-8").replace("%%", "%")
_TABLES = (_HERE / "table.sql").read_text(encoding="utf-8")
_RESOLVED = """
SELECT asked, pg_catalog.to_regclass(asked)::oid FROM unnest(%s::text[]) AS asked
 WHERE pg_catalog.to_regclass(asked) IS NOT NULL
"""
_KEPT = "SELECT coalesce(sum(bytes), 0)::bigint FROM migration_bot.kept"


def shelf_of(connection: Connection) -> Shelf:
    row = connection.execute(_SHELF.encode()).fetchone()
    assert row is not None
    schema, index, obstacle, granted = row
    kept = connection.execute(_KEPT).fetchone() if index and not obstacle else None
    return Shelf(schema, index, obstacle, kept[0] if kept else 0, tuple(granted))


def tables_of(connection: Connection, names: Collection[str]) -> Mapping[str, TableToKeep]:
    """Those that are there, by the names that were asked for. In a transaction of the caller's,
    whose search path is empty afterwards."""
    resolved = connection.execute(_RESOLVED, (list(names),)).fetchall()
    if not resolved:
        return {}
    connection.execute("SET LOCAL search_path = ''")
    asked, oids = [each[0] for each in resolved], [each[1] for each in resolved]
    rows = connection.execute(_TABLES.encode(), {"names": asked, "oids": oids}).fetchall()
    return {row[0]: _table(*row[1:]) for row in rows}


def _table(
    schema: str,
    name: str,
    columns: Any,
    keys: Any,
    rows: int,
    bytes: int,
    closed: bool,
    obstacle: str,
    *around: Any,
) -> TableToKeep:
    cascades, referring, cascading, decided, rewritten, woken, partitioned = around
    return TableToKeep(
        schema=schema,
        name=name,
        columns=tuple(KeptColumn(*each) for each in columns or ()),
        keys=tuple(tuple(each) for each in keys or ()),
        rows=rows,
        bytes=bytes,
        closed=closed,
        obstacle=obstacle,
        cascades=tuple(
            Cascade(child, tuple(own), tuple(there), deletes)
            for child, own, there, deletes in cascades or ()
        ),
        referring=tuple(referring),
        cascading=tuple(cascading),
        decided=decided,
        rewritten=rewritten,
        woken=frozenset(map(Losing, woken)),
        partitioned=partitioned,
    )
