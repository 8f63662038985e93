"""Tries a change whole and in batches on the same rows, and takes both back.

What differs between two whole runs is drawn anew each time, a random value or the next number of a
sequence, and is not compared.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import psycopg
from psycopg import sql

from bot.adapters.postgres.batches import choose, key_of
from bot.adapters.postgres.catalogue import identity
from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.refusals import refusal_of
from bot.core.rehearsals.proofs import BatchProof
from bot.core.rehearsals.rehearsal_order import Step
from bot.core.rollouts.batching import DataChange, Key
from bot.errors import PostgresError, UsageError

# So many batches, or a few more: enough for one to see what another has changed.
_BATCHES = 5
# The tables that this transaction has changed, also where that was taken back.
_CHANGED = """
SELECT relid, schemaname, relname FROM pg_stat_xact_user_tables
 WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY schemaname, relname
"""
_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped
 ORDER BY attnum
"""

# By table: how many rows there are, and by column what its values add up to.
Columns = dict[str, dict[str, object]]
# By table: how many rows there are, and what they add up to.
Rows = dict[str, tuple[object, ...]]
# Columns that get another value in every run: their tables, and their names.
Drawn = set[tuple[str, str]]


def prove(
    connect: Callable[[], Connection], step: Step, change: DataChange, guard: Guard
) -> BatchProof | None:
    """None where the whole statement is refused: that is told when it runs."""
    try:
        with closing(connect()) as connection, guard.watching(connection):
            connection.execute("BEGIN")
            return _Trial(connection, step.sql, change, guard).proof()
    except UsageError as error:
        return BatchProof(refused=error.message)
    except (PostgresError, psycopg.Error):
        return None


class _Trial:
    """Inside one transaction, so that `now()` is the same in every run."""

    def __init__(
        self, connection: Connection, statement: str, change: DataChange, guard: Guard
    ) -> None:
        self._connection = connection
        self._statement = statement
        self._change = change
        self._guard = guard
        self._rows = 0
        self._batches = 0

    def proof(self) -> BatchProof | None:
        key = key_of(self._connection, self._change)
        if key is None:
            return None
        with self._taken_back():
            self._whole()
            once = self._columns()
        with self._taken_back():
            self._whole()
            drawn = _differing(once, self._columns())
            whole = self._sums(drawn)
        try:
            with self._taken_back():
                self._in_batches(key)
                found = self._sums(drawn)
        except (psycopg.Error, PostgresError) as error:
            # Not so if it was ended by us: it may have been too slow.
            if self._guard.stopped:
                return None
            return BatchProof(self._rows, self._batches, refused=self._words(error))
        differing = [table for table in whole | found if whole.get(table) != found.get(table)]
        return BatchProof(self._rows, self._batches, tuple(sorted(differing)))

    @contextmanager
    def _taken_back(self) -> Iterator[None]:
        self._connection.execute("SAVEPOINT batches")
        try:
            yield
        finally:
            if not self._connection.closed:
                self._connection.execute("ROLLBACK TO SAVEPOINT batches")

    def _whole(self) -> None:
        self._rows = self._connection.execute(self._statement.encode()).rowcount
        self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def _in_batches(self, key: Key) -> None:
        """As a rollout does; the end of a batch is a COMMIT there, when constraints are checked."""
        size = max(1, self._rows // _BATCHES)
        after = None
        while (chosen := choose(self._connection, self._change, key, after, size)) is not None:
            self._connection.execute(self._change.batch(key, after, chosen.last).encode())
            self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._batches += 1
            after = chosen.last
            if chosen.rows < size:
                return

    def _columns(self) -> Columns:
        """Of every table that was changed. A trigger may have changed others than the statement."""
        return {
            identity([schema, name]): {
                column: self._added_up(schema, name, [column]) for column in self._names(oid)
            }
            for oid, schema, name in self._changed()
        }

    def _sums(self, drawn: Drawn) -> Rows:
        found: Rows = {}
        for oid, schema, name in self._changed():
            table = identity([schema, name])
            columns = [each for each in self._names(oid) if (table, each) not in drawn]
            found[table] = self._added_up(schema, name, columns)
        return found

    def _changed(self) -> list[tuple[int, str, str]]:
        return self._connection.execute(_CHANGED).fetchall()

    def _names(self, oid: int) -> list[str]:
        return [row[0] for row in self._connection.execute(_COLUMNS, (oid,))]

    def _added_up(self, schema: str, name: str, columns: Sequence[str]) -> tuple[object, ...]:
        """Whole rows, so that values which have changed places are not the same."""
        named = sql.SQL(", ").join([sql.Identifier("rehearsed", each) for each in columns])
        query = sql.SQL(
            "SELECT count(*), sum(hashtextextended(ROW({})::text, 0))::text FROM ONLY {} rehearsed"
        ).format(named, sql.Identifier(schema, name))
        row: tuple[object, ...] | None = self._connection.execute(query).fetchone()
        assert row is not None
        return row

    def _words(self, error: psycopg.Error | PostgresError) -> str:
        if isinstance(error, PostgresError):
            return error.message
        return refusal_of(error, self._guard, statement=None).message


def _differing(one: Columns, other: Columns) -> Drawn:
    return {
        (table, column)
        for table, columns in one.items()
        for column, added in columns.items()
        if other.get(table, {}).get(column) != added
    }
