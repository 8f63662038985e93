"""Statements that PostgreSQL runs outside a transaction only: what each is, and how one sees
whether it has been done. Nothing rolls them back, so what was left half done has to be mended.
"""

from enum import Enum
from typing import Protocol

from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.world import Database


class State(Enum):
    """What is found of a statement's work. HALF: it was begun, and broken off."""

    UNTOUCHED = "untouched"
    HALF = "half"
    DONE = "done"


class Outside(Protocol):
    """A statement that runs alone. `repeatable` if it does no harm to run it once more: there is
    nothing to be seen of it afterwards, so that it is never found DONE."""

    @property
    def repeatable(self) -> bool: ...
    def there(self, database: Database) -> tuple[str, ...]:
        """What is there already and will not be its work. Raises PostgresError if it cannot be run
        because of that."""

    def state(self, database: Database, there: tuple[str, ...]) -> State:
        """What has become of it. Raises BotError if that is somebody else's work."""

    def mend(self, database: Database, there: tuple[str, ...]) -> None:
        """Bring what is HALF to one of the other states, unless running it again does so."""


class Repeated:
    """VACUUM and its like: done, or to be done again."""

    repeatable = True

    def there(self, database: Database) -> tuple[str, ...]:
        return ()

    def state(self, database: Database, there: tuple[str, ...]) -> State:
        return State.UNTOUCHED

    def mend(self, database: Database, there: tuple[str, ...]) -> None:
        """Never half done."""


def named(*parts: str) -> str:
    """A name in SQL; empty parts are left out."""
    return quoted(*filter(None, parts))


def relation_as_written(statement: Statement) -> str:
    """The relation that it is about, quoted; without a schema if the file names none."""
    relation = statement.tree["relation"]
    return named(relation.get("schemaname", ""), relation["relname"])
