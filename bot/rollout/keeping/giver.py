"""Gives back what was kept of a migration, in the transaction that takes it back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bot.core.kept.kept import Kept
from bot.core.migrations.statement import Statement
from bot.core.rollouts.blocker import Need
from bot.core.rollouts.checkpoint import Back, LastBack, Record
from bot.core.rollouts.doing import Heard
from bot.rollout.keeping.keeper import Say
from bot.world import Database


@dataclass
class Giver:
    """Of one migration on one target: behind the last statement that takes it back, when its tables
    and columns are there again. `say` is told what was given back and what was not.

    What taking it back destroys is not kept: that would be mixed up with what it gives back.
    """

    name: str
    database: Database
    say: Say

    def together(
        self,
        statements: Sequence[Statement],
        record: Record,
        *,
        needs: Sequence[Need],
        heard: Callable[[], Heard],
        lifting: Collection[int],
    ) -> None:
        """As the database does it. An error's position behind the statements is that of giving."""
        kept = self._kept(record)
        giving = self.database.giving_back(kept) if kept else ()
        told = heard()

        def listen(place: int, seconds: float, rows: int) -> None:
            if place < len(statements):
                told(place, seconds, rows)

        texts = [*(each.sql for each in statements), *giving]
        self.database.together(texts, record, needs=needs, heard=listen, lifting=lifting)
        if kept:
            self._tell(record)

    def _kept(self, record: Record) -> tuple[Kept, ...]:
        if not isinstance(record, Back | LastBack):
            return ()
        return tuple(each for each in self.database.kept([record.id]) if each.given_at is None)

    def _tell(self, record: Record) -> None:
        given = self.database.given_back([record.id])
        rows = "1 row" if given.rows == 1 else f"{given.rows:,} rows"
        self.say(f"{self.name}: {rows} given back of what was kept")
        for each in given.conflicts:
            self.say(f"{self.name}: {each}")
