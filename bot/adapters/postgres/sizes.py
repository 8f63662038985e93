"""Sizes of a target's relations, from what the server keeps about them. No table is read.

Nothing here needs a right beyond CONNECT: the catalogue, the statistics' counters and the functions
that measure files are open to every role. Column statistics quote values out of rows, and are left
alone unless they are asked for; even then only three counts of each column are selected (null_frac,
n_distinct, avg_width), and never what quotes a value (most_common_vals, histogram_bounds, …). The
server shows them to a role that may read the column.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import dict_row

from bot.adapters.postgres.connection import Connection, explained
from bot.core.rehearsals.sizes import (
    ColumnSize,
    RelationKind,
    RelationSize,
    RowSource,
    Sizes,
    with_sums,
)
from bot.core.targets.url import DEFAULT_SCHEMA
from bot.errors import PostgresError

# A backend reports its counters when its transaction ends, and at most once a second.
COUNTED_SECONDS = 2.0

_BEGIN = (
    "BEGIN READ ONLY; SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = '30s'; "
    "SET LOCAL search_path = pg_catalog"
)

_ABOUT = """
SELECT extract(epoch FROM clock_timestamp())::float8 AS now,
       current_setting('server_version_num')::int / 10000 AS major,
       current_setting('track_counts')::bool AND NOT pg_is_in_recovery() AS counting
"""

_COUNTERS = """
SELECT relid AS oid, n_tup_ins + n_tup_upd + n_tup_del AS written,
       extract(epoch FROM clock_timestamp())::float8 AS at
  FROM pg_stat_user_tables
"""

# A file is measured under a lock that waits behind an ACCESS EXCLUSIVE one, held or asked for. The
# relations of whoever has such a lock are told from the pages that the catalogue last counted.
_RELATIONS = """
WITH locked AS (
    SELECT DISTINCT coalesce(i.indrelid, t.oid, l.relation) AS oid
      FROM pg_locks AS l
      LEFT JOIN pg_index AS i ON i.indexrelid = l.relation
      LEFT JOIN pg_class AS t ON t.reltoastrelid = l.relation AND l.relation <> 0
     WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
), pages AS (
    SELECT i.indrelid AS oid, sum(c.relpages::bigint) AS pages
      FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
     GROUP BY i.indrelid
)
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
       p.inhparent AS parent, a.amname = 'heap' AS heap_storage,
       c.reltuples::float8 AS tuples, c.relpages AS pages,
       current_setting('block_size')::bigint AS block,
       s.n_live_tup AS live,
       CASE WHEN m.measured THEN pg_relation_size(c.oid) END AS main,
       CASE WHEN m.measured THEN pg_table_size(c.oid) END AS heap,
       CASE WHEN m.measured THEN pg_indexes_size(c.oid) END AS indexes,
       (c.relpages::bigint + coalesce(toast.relpages, 0)) * current_setting('block_size')::bigint
           AS counted_heap,
       coalesce(pages.pages, 0) * current_setting('block_size')::bigint AS counted_indexes
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_am AS a ON a.oid = c.relam
  LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid AND c.reltoastrelid <> 0
  LEFT JOIN pages ON pages.oid = c.oid
  LEFT JOIN pg_inherits AS p ON p.inhrelid = c.oid AND c.relispartition
  LEFT JOIN pg_stat_user_tables AS s ON s.relid = c.oid
 CROSS JOIN LATERAL (
    SELECT %(measured)s AND c.relkind <> 'p'
       AND NOT EXISTS (SELECT FROM locked WHERE locked.oid = c.oid) AS measured
 ) AS m
 WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('information_schema', 'migration_bot') AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname
"""

# A partitioned table has counts over all its partitions, and none of its own.
_COLUMNS = """
SELECT c.oid, s.attname AS name, s.null_frac AS nulls, s.n_distinct AS distinct_values,
       s.avg_width AS width
  FROM pg_stats AS s
  JOIN pg_namespace AS n ON n.nspname = s.schemaname
  JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname
 WHERE c.relkind IN ('r', 'p', 'm') AND s.inherited = (c.relkind = 'p')
   AND n.nspname NOT IN ('information_schema', 'migration_bot') AND n.nspname !~ '^pg_'
 ORDER BY c.oid, a.attnum
"""

_KINDS = {"r": RelationKind.TABLE, "p": RelationKind.PARTITIONED, "m": RelationKind.VIEW}
# Somebody locked a relation between two looks, or measuring takes too long.
_IN_THE_WAY = ("55P03", "57014")

Row = Mapping[str, Any]


def read_sizes(
    connection: Connection,
    target: str,
    *,
    sleep: Callable[[float], None],
    schema: str = DEFAULT_SCHEMA,
    seconds: float = COUNTED_SECONDS,
    columns: bool = False,
) -> Sizes:
    """The sizes of all tables and materialized views, with the writes of the next `seconds`.

    `columns` adds what the server counted of their columns.
    """
    about = _ask(connection, _ABOUT)[0]
    rows = _relations(connection)
    # A standby replays its primary's writes without counting them.
    counting = about["counting"] and seconds > 0
    writes = _writes(connection, sleep, seconds) if counting else {}
    counted = _columns(connection) if columns else {}
    names = {row["oid"]: f"{row['schema']}.{row['name']}" for row in rows}
    return Sizes(
        target=target,
        taken_at=datetime.fromtimestamp(about["now"], UTC),
        postgres=about["major"],
        relations=with_sums(
            replace(_size(row, names, writes), columns=tuple(counted.get(row["oid"], ())))
            for row in rows
        ),
        schema=schema,
        seconds=seconds if counting else 0.0,
    )


def _relations(connection: Connection) -> list[Row]:
    try:
        return _ask(connection, _RELATIONS, measured=True)
    except PostgresError as error:
        if error.sqlstate not in _IN_THE_WAY:
            raise
        return _ask(connection, _RELATIONS, measured=False)


def _writes(
    connection: Connection, sleep: Callable[[float], None], seconds: float
) -> dict[int, float]:
    """Rows written a second, by relation: the difference between two looks at the counters."""
    before = {row["oid"]: row for row in _ask(connection, _COUNTERS)}
    sleep(seconds)
    return {
        row["oid"]: max(0, row["written"] - before[row["oid"]]["written"])
        / max(row["at"] - before[row["oid"]]["at"], 0.001)
        for row in _ask(connection, _COUNTERS)
        if row["oid"] in before
    }


def _columns(connection: Connection) -> dict[int, list[ColumnSize]]:
    """Rounded, so that a new sample of the same rows seldom changes a file."""
    found: dict[int, list[ColumnSize]] = {}
    for row in _ask(connection, _COLUMNS):
        nulls, distinct = round(row["nulls"], 3), float(f"{row['distinct_values']:.2g}")
        found.setdefault(row["oid"], []).append(
            ColumnSize(row["name"], nulls, distinct, row["width"])
        )
    return found


def _size(row: Row, names: Mapping[int, str], writes: Mapping[int, float]) -> RelationSize:
    measured = row["heap"] is not None
    heap = int(row["heap"] if measured else row["counted_heap"])
    indexes = int(row["indexes"] if measured else row["counted_indexes"])
    rows, source = _estimate(row)
    rate = writes.get(row["oid"])
    return RelationSize(
        relation=names[row["oid"]],
        kind=_KINDS[row["kind"]],
        bytes=heap + indexes,
        heap=heap,
        indexes=indexes,
        rows=rows,
        rows_from=source,
        writes=None if rate is None else round(rate, 1),
        partition_of=names.get(row["parent"]),
        measured=measured,
    )


def _estimate(row: Row) -> tuple[int | None, RowSource | None]:
    """As the planner estimates: rows to a page when it was last analysed, times pages today.

    A table that was never analysed has -1 tuples, and 0 on 0 pages before PostgreSQL 14.
    """
    main, pages = row["main"], row["pages"]
    if main == 0 and row["heap_storage"]:
        return 0, RowSource.NO_PAGES
    if row["tuples"] >= 0 and pages > 0:
        today = pages if main is None else main / row["block"]
        return round(row["tuples"] / pages * today), RowSource.PLANNER
    return (row["live"], RowSource.COUNTERS) if row["live"] else (None, None)


def _ask(connection: Connection, query: str, **values: object) -> list[Row]:
    """One query in a read-only transaction of its own: counters stand still inside one."""
    with explained("read the sizes of its tables"):
        connection.execute(_BEGIN)
        try:
            with connection.cursor(row_factory=dict_row) as cursor:
                return list(cursor.execute(query.encode(), values or None).fetchall())
        finally:
            if not connection.closed:
                connection.execute("ROLLBACK")
