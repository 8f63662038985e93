"""What is kept of a migration, and what became of it when it was given back."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.counting import count
from bot.core.kept.loss import Losing, Loss
from bot.core.kept.table import Cascade, KeptColumn, TableToKeep
from bot.core.rehearsals.sizes import size_text

_NOT_THE_REST = ", but not what goes with it in other tables"


@dataclass(frozen=True)
class Keep:
    """A loss that is going to be kept: `key` finds its rows again, `columns` are kept of each.
    `bytes` and `rows` are estimates.

    `above` are the rows that these go with, by the foreign key `by`; None where the statement names
    them itself. `partial` says that rows of other tables go with these and are not kept, or may, by
    triggers.
    """

    loss: Loss
    table: TableToKeep
    key: tuple[KeptColumn, ...]
    columns: tuple[KeptColumn, ...]
    rows: int
    bytes: int
    above: "Keep | None" = None
    by: Cascade | None = None
    partial: bool = False

    def __str__(self) -> str:
        what = described(self.loss.kind, self.table.relation, [each.name for each in self.columns])
        rest = _NOT_THE_REST if self.partial else ""
        return f"line {self.loss.line}: {what}, about {size_text(self.bytes)}{rest}"


@dataclass(frozen=True)
class Unkept:
    """A loss that is not kept, and why: only a backup has it then."""

    loss: Loss
    why: str

    def __str__(self) -> str:
        of = f" of {self.loss.relation}" if self.loss.relation else ""
        return f"line {self.loss.line}: what {self.loss.kind.upper()} destroys{of}: {self.why}"


@dataclass(frozen=True)
class Kept:
    """What is kept of one table for one statement, as the target lists it.

    `record` is the id of the migration's row. `shelf` is the name of the table in the bot's schema.
    `until` is when it may be pruned. `unfinished` says that its migration is not finished yet.
    `given_at` is when it was given back, None if it was not. `partial` as in Keep.
    """

    shelf: str
    record: str
    migration: str
    statement: int
    line: int
    kind: Losing
    schema: str
    name: str
    columns: tuple[KeptColumn, ...]
    key: tuple[KeptColumn, ...]
    rows: int
    bytes: int
    at: datetime
    until: datetime
    sequences: tuple[tuple[str, int], ...] = ()
    expired: bool = False
    unfinished: bool = False
    given_at: datetime | None = None
    given: int = 0
    conflicts: int = 0
    partial: bool = False

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.name}"

    def covers(self, loss: Loss) -> bool:
        """Whether it is all of a loss. A schema is compared where the text names one: what it
        leaves out need not be the schema that the target has."""
        if (self.statement, self.kind) != (loss.statement, loss.kind) or self.partial:
            return False
        if '"."' in loss.table:
            return self.relation == loss.relation
        return self.name == loss.relation.partition(".")[2]

    def __str__(self) -> str:
        rows = count(self.rows, "row")
        until = f"{self.until:%Y-%m-%d}"
        size, rest = size_text(self.bytes), _NOT_THE_REST if self.partial else ""
        return f"line {self.line}: {rows} kept until {until} ({size}): {self._what}{rest}"

    @property
    def returning(self) -> str:
        """What a rollback gives back of it."""
        rows, size = count(self.rows, "row"), size_text(self.bytes)
        what = f"{self._what} in {rows}" if self.kind.keyed else f"{rows} of {self.relation}"
        did = "changed" if self.kind.compared else "destroyed"
        rest = _NOT_THE_REST if self.partial else ""
        until = f"{self.until:%Y-%m-%d}"
        return f"{what} ({size}), which line {self.line} {did}{rest}; kept until {until}"

    @property
    def _what(self) -> str:
        return described(self.kind, self.relation, [each.name for each in self.columns])


@dataclass(frozen=True)
class Conflict:
    """Kept rows that were not given back, and why, in words. `query` shows them to whoever may see
    them: keys are data, and are not told."""

    relation: str
    why: str
    rows: int
    query: str

    def __str__(self) -> str:
        rows = count(self.rows, "row")
        return f"{rows} of {self.relation} not given back: {self.why} (`{self.query}`)"


@dataclass(frozen=True)
class GivenBack:
    """`rows` were given back, or are as they were; each of `conflicts` was left as it is now."""

    rows: int = 0
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True)
class Woven:
    """What keeps rows around a statement, in its transaction. `instead` takes its place, limited to
    the rows that are kept; None where it stays as it is."""

    before: tuple[str, ...]
    after: tuple[str, ...] = ()
    instead: str | None = None


def described(kind: Losing, relation: str, columns: list[str]) -> str:
    """What it was of, as a person would name it."""
    if kind in (Losing.TABLE, Losing.EMPTIED, Losing.DELETED):
        return f"rows of {relation}"
    return f"{', '.join(columns)} of {relation}"
