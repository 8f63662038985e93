"""What a statement of a migration destroys of the rows that are there."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.rollouts.batching import DataChange


class Losing(StrEnum):
    """How rows or values go, in the words that the target keeps them under."""

    TABLE = "drop table"
    EMPTIED = "truncate"
    COLUMNS = "drop column"
    TYPES = "change type"
    UPDATED = "update"
    DELETED = "delete"

    @property
    def wholesale(self) -> bool:
        """Whether all rows of a table go, whatever is in them."""
        return self in (Losing.TABLE, Losing.EMPTIED)

    @property
    def blocking(self) -> bool:
        """Whether the statement keeps readers and writers of the table out while it is copied."""
        return self not in (Losing.UPDATED, Losing.DELETED)

    @property
    def compared(self) -> bool:
        """Whether what the statement makes of the values is kept too."""
        return self in (Losing.TYPES, Losing.UPDATED)

    @property
    def keyed(self) -> bool:
        """Whether a row has to be found again for its values to be given back."""
        return self in (Losing.COLUMNS, Losing.TYPES, Losing.UPDATED)


@dataclass(frozen=True)
class NewType:
    """A column's type as a statement sets it. `casts` says that values are cast and nothing else is
    worked out of them."""

    column: str
    type: str
    casts: bool = True


@dataclass(frozen=True)
class Loss:
    """What one statement destroys of one table.

    `statement` is its index in the file, `line` where it begins. `table` is the name as the file
    has it, quoted; `relation` is `schema.name`. `columns` are those whose values go: all where
    whole rows do. `change` is an UPDATE or DELETE in pieces. `with_it` are the other tables
    that the statement names and empties. `obstacle` says why it cannot be kept, as far as the text
    tells; "" if nothing in the text forbids it. `spoilt` are columns of the table that later
    statements of the migration change or drop: by them its rows are not found again.
    """

    statement: int
    line: int
    kind: Losing
    table: str = ""
    relation: str = ""
    columns: tuple[str, ...] = ()
    types: tuple[NewType, ...] = ()
    change: DataChange | None = None
    with_it: tuple[str, ...] = ()
    obstacle: str = ""
    spoilt: tuple[str, ...] = ()
