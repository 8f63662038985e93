"""Gives back what was kept of a migration, in the transaction that takes it back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bot.core.counting import count
from bot.core.migrations.statement import Statement
from bot.core.rollouts.blocker import Need
from bot.core.rollouts.checkpoint import Back, LastBack, Record
from bot.core.rollouts.doing import Heard
from bot.errors import PostgresError
from bot.rollout.keeping.keeper import Say
from bot.world import Database


@dataclass
class Giver:
    """Of one migration on one target, whose row is `row`. It is done when its tables and columns
    are there again: before the statement `at`, which needs their rows, or behind the last. `say` is
    told what was given back and what was not.

    What taking it back destroys is not kept: that would be mixed up with what is given back.
    """

    name: str
    row: str
    database: Database
    say: Say
    at: int | None = None

    def together(
        self,
        statements: Sequence[Statement],
        record: Record,
        *,
        needs: Sequence[Need],
        heard: Callable[[], Heard],
        lifting: Collection[int],
    ) -> None:
        """As the database does it. An error in what gives back has a position behind them all."""
        place = self._place(statements, record)
        giving = () if place is None else self._giving()
        first, many, told = place or 0, len(giving), heard()

        def listen(number: int, seconds: float, rows: int) -> None:
            if not first <= number < first + many:
                told(number if number < first else number - many, seconds, rows)

        texts = [each.sql for each in statements]
        texts[first:first] = giving
        moved = {each if each < first else each + many for each in lifting}
        try:
            self.database.together(texts, record, needs=needs, heard=listen, lifting=moved)
        except PostgresError as error:
            error.position = _own_place(error.position, first, many, len(statements))
            raise
        if giving:
            self._tell()

    def _place(self, statements: Sequence[Statement], record: Record) -> int | None:
        """Before which of these statements it is; None if it is not with them."""
        if self.at is None:
            return len(statements) if isinstance(record, Back | LastBack) else None
        found = (place for place, each in enumerate(statements) if each.index == self.at)
        return next(found, None)

    def _giving(self) -> Sequence[str]:
        kept = [each for each in self.database.kept([self.row]) if each.given_at is None]
        return self.database.giving_back(kept) if kept else ()

    def _tell(self) -> None:
        """It is committed by now: whatever goes wrong here must not have it run again."""
        try:
            given = self.database.given_back([self.row])
        except PostgresError as error:
            self.say(f"{self.name}: what was given back could not be counted: {error.message}")
            return
        self.say(f"{self.name}: {count(given.rows, 'row')} given back of what was kept")
        for each in given.conflicts:
            self.say(f"{self.name}: {each}")


def _own_place(position: int, first: int, many: int, statements: int) -> int:
    """The place among the statements themselves; behind them for what was put between."""
    if position < first:
        return position
    return statements if position < first + many else position - many
