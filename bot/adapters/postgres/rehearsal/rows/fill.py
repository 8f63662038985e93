"""The rows of a rehearsal: put into the replayed base before the first new migration runs."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from bot.adapters.postgres.connection import Connection, explain, explained
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.rehearsal.rows.seed import seed
from bot.adapters.postgres.rehearsal.rows.synthetic import Synthetic
from bot.adapters.postgres.sizes import read_sizes
from bot.core.rehearsals.rehearsal import DataKind, RehearsalData
from bot.core.rehearsals.rehearsal_order import DataOrder
from bot.core.rehearsals.sizes import RelationKind, RelationSize

# Whose pages the planner knows nothing of yet. Only its owner's own: the author's.
_TABLES = """
SELECT c.oid::pg_catalog.regclass::text, c.relkind = 'm'
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
   AND (pg_catalog.pg_relation_size(c.oid) > 0 OR c.relkind = 'm' AND c.relispopulated)
 ORDER BY c.oid
"""

_FORCED = """
SELECT oid::pg_catalog.regclass::text FROM pg_catalog.pg_class
 WHERE relforcerowsecurity AND pg_catalog.pg_has_role(relowner, 'USAGE') ORDER BY oid
"""

Note = Callable[[str], None]


def fill(
    place: Place, order: DataOrder, guard: Guard, note: Note
) -> tuple[RehearsalData, tuple[RelationSize, ...]]:
    """Put rows into the base as its author, and say how big its tables are then.

    Of a backup there is nothing to put: it is the base itself. Raises PostgresError if the server
    cannot be reached any more.
    """
    timer = time.monotonic()
    skipped: tuple[str, ...] = ()
    if order.kind is DataKind.SEED:
        skipped = _as_author(place, lambda author: seed(author, order.seed, guard, note))
    elif order.kind is DataKind.SYNTHETIC:
        with _policies_lifted(place):
            skipped = _as_author(place, lambda author: _make_up(author, order, guard, note))
    skipped += _as_author(place, lambda author: _tidy(author, order, guard, note))
    sizes = _sizes(place)
    stored = [each for each in sizes if each.kind is not RelationKind.PARTITIONED]
    data = RehearsalData(
        kind=order.kind,
        rows=sum(each.rows or 0 for each in stored),
        bytes=sum(each.bytes for each in stored),
        seconds=time.monotonic() - timer,
        skipped=skipped,
        guessed=order.kind is DataKind.SYNTHETIC and order.sizes is None,
    )
    return data, sizes


@contextmanager
def _policies_lifted(place: Place) -> Iterator[None]:
    """Let the author see and write all rows of its tables, which a forced policy would not."""
    forced = _each_altered(place, _FORCED, "NO FORCE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        # Another connection: the one that rows were made up on may have been ended.
        _each_altered(place, forced, "FORCE ROW LEVEL SECURITY")


def _each_altered(place: Place, tables: str | Sequence[str], change: str) -> Sequence[str]:
    """`tables` are names, or the query for them."""
    author = place.author()
    try:
        with explained("lift policies for the time of filling"), author.transaction():
            author.execute(b"SET LOCAL search_path = ''")
            if isinstance(tables, str):
                tables = [row[0] for row in author.execute(tables.encode()).fetchall()]
            for name in tables:
                author.execute(f"ALTER TABLE {name} {change}".encode())
        return tables
    finally:
        author.close()


def _as_author(place: Place, work: Callable[[Connection], tuple[str, ...]]) -> tuple[str, ...]:
    """What was left out. A connection that was ended is no fault of the tables after it."""
    connection = place.author()
    try:
        return work(connection)
    except psycopg.Error as error:
        return (explain(error, "put rows into the base").message,)
    finally:
        connection.close()


def _make_up(author: Connection, order: DataOrder, guard: Guard, note: Note) -> tuple[str, ...]:
    synthetic = Synthetic(author, guard, order, note)
    try:
        synthetic.fill()
    except psycopg.Error as error:
        synthetic.skipped.append(explain(error, "make up rows").message)
    return tuple(synthetic.skipped)


def _tidy(author: Connection, order: DataOrder, guard: Guard, note: Note) -> tuple[str, ...]:
    """Materialized views as the rows are now; everything vacuumed and analysed."""
    with author.transaction(force_rollback=True):
        author.execute(b"SET LOCAL search_path = ''")
        found = author.execute(_TABLES.encode()).fetchall()
    if found:
        note(f"counting the rows of {len(found)} tables")
    skipped: list[str] = []
    for name, is_view in found:
        if guard.exhausted:
            return (*skipped, "no time was left to count rows")
        try:
            with guard.watching(author):
                if is_view and order.kind in (DataKind.SEED, DataKind.SYNTHETIC):
                    author.execute(f"REFRESH MATERIALIZED VIEW {name}".encode())
                author.execute(f"VACUUM (ANALYZE) {name}".encode())
        except psycopg.Error as error:
            if author.closed:
                raise
            # An expression of an index may have raised an error of its own, with a value in it.
            told = not guard.discreet
            said = explain(error, "count its rows").message if told else "it cannot be vacuumed"
            skipped.append(f"{name}: {said.rstrip('.')}")
    return tuple(skipped)


def _sizes(place: Place) -> tuple[RelationSize, ...]:
    admin = place.admin()
    try:
        return read_sizes(admin, "rehearsal", sleep=time.sleep, seconds=0.0).relations
    finally:
        admin.close()
