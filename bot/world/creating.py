"""What making a migration wants: the project's own Prisma, and a database for it to look at."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from bot.core.migrations.difference import Difference
from bot.core.rehearsals.rehearsal_order import NewMigration, Order
from bot.core.targets.url import ConnectionUrl


class FoundPrisma(Protocol):
    """One of the versions that can be asked, and the schema it is asked about."""

    @property
    def version(self) -> str: ...
    @property
    def schema(self) -> str: ...
    def difference(self, url: ConnectionUrl) -> Difference:
        """What leads from what is in a database to the schema. Raises UsageError."""


class ProjectPrisma(Protocol):
    def found(self, schema: str | None = None) -> FoundPrisma:
        """With the schema that is named, or the one that Prisma would find. Raises UsageError."""


class Shadow(Protocol):
    """A throw-away database that has run a history."""

    @property
    def url(self) -> ConnectionUrl: ...
    @property
    def major(self) -> int: ...
    def run(self, new: NewMigration) -> str:
        """Run it on top; empty, or why that could not be done."""


class Shadows(Protocol):
    def opened(self, order: Order, note: Callable[[str], None]) -> AbstractContextManager[Shadow]:
        """One that has run the order's base. Raises PostgresError or UsageError."""
