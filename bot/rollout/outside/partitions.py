"""Partitions taken off while the application goes on: DETACH PARTITION CONCURRENTLY."""

from dataclasses import dataclass

from bot.core.findings.found import Attachment
from bot.core.migrations.statement import Statement
from bot.errors import PostgresError
from bot.rollout.outside.outside import State, named, relation_as_written
from bot.world import Database

_STATES = {
    Attachment.ATTACHED: State.UNTOUCHED,
    Attachment.PENDING: State.HALF,
    Attachment.DETACHED: State.DONE,
}


@dataclass(frozen=True)
class DetachPartition:
    """Broken off, it leaves a partition that only FINALIZE takes off."""

    statement: Statement
    settings: tuple[str, ...] = ()
    repeatable = False

    def there(self, database: Database) -> tuple[str, ...]:
        found = self._attachment(database)
        if found is Attachment.PENDING:
            raise PostgresError(
                f"Somebody has begun to detach {self._partition}, and has not ended it.",
                hint=f"End it: {self._finalize}; then take the statement out of the migration.",
                sqlstate="55000",
            )
        if found is Attachment.DETACHED:
            raise PostgresError(
                f"{self._partition} is not a partition of {self._table}.",
                hint="Check the names, and that the migration that attaches it comes first.",
                sqlstate="42P01",
            )
        return ()

    def state(self, database: Database, there: tuple[str, ...]) -> State:
        return _STATES[self._attachment(database)]

    def mend(self, database: Database, there: tuple[str, ...]) -> None:
        database.alone(self._finalize, settings=self.settings, heard=lambda *_: None)

    def _attachment(self, database: Database) -> Attachment:
        return database.attachment(self._table, self._partition, self.settings)

    @property
    def _finalize(self) -> str:
        return f"ALTER TABLE {self._table} DETACH PARTITION {self._partition} FINALIZE"

    @property
    def _table(self) -> str:
        return relation_as_written(self.statement)

    @property
    def _partition(self) -> str:
        (command,) = self.statement.tree["cmds"]
        relation = command["AlterTableCmd"]["def"]["PartitionCmd"]["name"]
        return named(relation.get("schemaname", ""), relation["relname"])
