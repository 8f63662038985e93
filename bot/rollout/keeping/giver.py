"""Gives back what was kept of a migration, in the transaction that takes it back to the end.

Tables and columns are there again by then, and nobody has seen them without their rows.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from bot.core.kept.kept import GivenBack
from bot.core.migrations.statement import Statement
from bot.core.rollouts.blocker import Need
from bot.core.rollouts.checkpoint import Record
from bot.core.rollouts.doing import Heard
from bot.errors import PostgresError
from bot.rollout.keeping.keeper import Say
from bot.rollout.keeping.weaving import followed_by
from bot.world import Database


@dataclass
class Giver:
    """Of the migration whose row has the id `row`. `ends` says of a record that the migration is
    taken back with it. `given` is what was given back, once that is committed."""

    row: str
    database: Database
    say: Say
    ends: Callable[[Record], bool]
    given: GivenBack = field(default_factory=GivenBack)

    def together(
        self,
        statements: Sequence[Statement],
        record: Record,
        *,
        needs: Sequence[Need],
        heard: Callable[[], Heard],
        lifting: Collection[int],
    ) -> None:
        """As the database does it. An error's position is that of a statement, or behind them."""
        kept = self.database.kept([self.row]) if self.ends(record) else ()
        woven = followed_by(statements, self.database.giving_back(kept) if kept else ())
        try:
            self.database.together(
                woven.texts,
                record,
                needs=needs,
                heard=woven.heard(heard()),
                lifting=woven.lifting(lifting),
            )
        except PostgresError as error:
            error.position = woven.statement_at(error.position)
            raise
        if kept:
            self._tell()

    def _tell(self) -> None:
        """It is committed by now: whatever goes wrong here must not have it run again."""
        try:
            self.given = self.database.given_back([self.row])
        except PostgresError as error:
            self.say(f"what was given back could not be counted: {error.message}")
            return
        rows = "1 kept row was" if self.given.rows == 1 else f"{self.given.rows:,} kept rows were"
        self.say(f"{rows} given back, {self.given.conflicting:,} stay as they are")
        for each in self.given.conflicts:
            self.say(str(each))
