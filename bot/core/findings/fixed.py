"""What `fix` makes of the migrations that a branch adds."""

from dataclasses import dataclass

from bot.core.findings.finding import Finding
from bot.core.migrations.history import Change
from bot.core.migrations.migration import Migration


@dataclass(frozen=True)
class Left:
    """A finding that stays, and why."""

    finding: Finding
    reason: str


@dataclass(frozen=True)
class FixedMigration:
    """A migration and what stands in for it: the same one, or several folders in order.

    `settled` are the names of the rules whose findings are gone, `todos` sentences about what a
    person has to do besides.
    """

    before: Migration
    after: tuple[Migration, ...]
    settled: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()
    todos: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.after != (self.before,)


@dataclass(frozen=True)
class Fixing:
    """`change` is what the branch adds after it all."""

    migrations: tuple[FixedMigration, ...]
    change: Change

    @property
    def changed(self) -> tuple[FixedMigration, ...]:
        return tuple(each for each in self.migrations if each.changed)
