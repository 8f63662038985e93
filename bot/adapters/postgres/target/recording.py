"""Prisma's rows of a target, read and written under its schema."""

from collections.abc import Sequence

import psycopg

from bot.adapters.postgres import migrations_table as table
from bot.adapters.postgres.connection import explain, explained
from bot.adapters.postgres.piping import Query, Refused, pipe
from bot.adapters.postgres.target.keeping import look_at_close, look_at_start, seen_by_look
from bot.adapters.postgres.target.part import Part
from bot.adapters.postgres.target.records import (
    close_query,
    forget_query,
    reopen_query,
    start_query,
)
from bot.core.migrations.migration import AppliedMigration, Migration
from bot.core.rollouts.checkpoint import Before, Checkpoint


class Rows(Part):
    """See world.Rows."""

    # Once it has been seen it is there: nobody takes it away under our lock.
    _seen = False

    def applied(self) -> tuple[AppliedMigration, ...]:
        return self._read(table.applied_if_there(self._connection, self._schema))

    def _read(self, rows: Sequence[AppliedMigration] | None) -> tuple[AppliedMigration, ...]:
        """`rows` is None without a table."""
        self._seen = self._seen or rows is not None
        self._finished = sum(each.finished for each in rows or ())
        return tuple(rows or ())

    def unbaselined(self) -> bool:
        here = self._connection, self._schema
        return not self._there() and not table.is_empty_database(*here)

    def create_table(self, mark: str | None = None) -> None:
        if not self._there():
            table.create(self._connection, self._schema, comment=mark)

    def _there(self) -> bool:
        self._seen = self._seen or table.exists(self._connection, self._schema)
        return self._seen

    def mark(self, text: str) -> None:
        table.comment(self._connection, text, schema=self._schema)

    def resolve(
        self, *, applied: Sequence[Migration] = (), rolled_back: Sequence[str] = ()
    ) -> None:
        marked = [(each.name, each.checksum) for each in applied]
        with explained("mark migrations"), self._connection.transaction():
            if marked:
                self.create_table()
            names = [*rolled_back, *(name for name, _ in marked)]
            table.resolve_rolled_back(self._connection, names, schema=self._schema)
            table.resolve_applied(self._connection, marked, schema=self._schema)

    def start(self, id: str, name: str, checkpoint: Checkpoint) -> None:
        row = start_query(id, name, checkpoint, self._schema)
        look = look_at_start(id, checkpoint, self._schema)
        self._write([row, look], f"record that {name} begins")

    def forget(self, id: str, steps: int) -> None:
        query = forget_query(id, steps, self._schema)
        self._write([query], "take back the row of a migration")

    def reopen(self, id: str, name: str, checkpoint: Checkpoint) -> None:
        row = reopen_query(id, checkpoint, self._schema)
        look = look_at_start(id, checkpoint, self._schema)
        self._write([row, look], f"record that {name} begins to be taken back")
        self._count(-1)

    def close(self, id: str, before: Before) -> None:
        row = close_query(id, before, self._schema)
        look = look_at_close(id, before, self._schema)
        self._write([row, look], "let the row of a migration say again that it is applied")
        self._count(1)

    def _count(self, more: int) -> None:
        if self._finished is not None:
            self._finished += more

    def _write(self, queries: Sequence[Query], action: str) -> None:
        """All of them are one transaction; the second is a look at what the first has written."""
        try:
            pipe(self._connection, queries)
        except Refused as refused:
            seen = seen_by_look(refused.error) if refused.position else None
            raise seen or explain(refused.error, action) from None
        except psycopg.Error as error:
            raise explain(error, action) from None
