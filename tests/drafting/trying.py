"""Changes run on a real server, taken back by a draft, and run again: in transactions that end as
they began."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection
from bot.core.schemas.draft import Draft, Renamed
from bot.core.schemas.schema import POSITION, Snapshot, differences
from bot.drafting.draft import draft


@dataclass(frozen=True)
class Outcome:
    """What came of one draft. `wrong` is why it did not lead where it should, "" if it did."""

    changes: tuple[str, ...]
    draft: Draft
    wrong: str = ""

    @property
    def converged(self) -> bool:
        return not self.wrong and self.draft.complete

    def __str__(self) -> str:
        ran = "; ".join(each[:100] for each in self.changes)
        return f"{ran}: {self.wrong or '; '.join(self.draft.left)}"


def look(connection: Connection) -> Snapshot:
    return snapshot(connection, privileges=True, links=True)


def there_and_back(
    connection: Connection,
    before: Snapshot,
    changes: Sequence[str],
    renames: Sequence[Renamed] = (),
) -> Outcome:
    """Up, down by a draft, identical, up again, identical."""
    with connection.transaction(force_rollback=True):
        ran = tuple(each for each in changes if _runs(connection, each))
        after = look(connection)
        down = draft(after, before, renames=renames)
        wrong = run(connection, down, before)
        if not wrong:
            again = [each for each in ran if not _runs(connection, each)]
            found = differences(after, look(connection), ignore=(POSITION,)).lines
            wrong = "; ".join(again or found)
    return Outcome(ran, down, wrong)


def forth(connection: Connection, before: Snapshot, changes: Sequence[str]) -> Outcome:
    """What the changes make, made by a draft in their place."""
    with connection.transaction(force_rollback=True):
        ran = tuple(each for each in changes if _runs(connection, each))
        after = look(connection)
    up = draft(before, after)
    with connection.transaction(force_rollback=True):
        return Outcome(ran, up, run(connection, up, after))


def run(connection: Connection, drafted: Draft, goal: Snapshot) -> str:
    """Why the draft does not make the goal of what is there; "" if it does."""
    for each in drafted.statements:
        try:
            connection.execute(each.sql.encode())
        except psycopg.Error as error:
            return f"{each.sql}: {error}"
    return "; ".join(differences(goal, look(connection), ignore=(POSITION,)).lines)


def _runs(connection: Connection, change: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(change.encode())
    except psycopg.Error:
        return False
    return True
