"""What is wanted of a table, and the INSERT that comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.postgres.rehearsal.rows.makers import Maker
from bot.adapters.postgres.rehearsal.rows.partitions import Part
from bot.adapters.postgres.rehearsal.rows.tables import Table
from bot.core.quoting import quoted
from bot.core.rehearsals.sizes import ColumnSize

# For each row that is wanted at most so many are tried whether they meet the conditions.
TRIES = 60


# Stands in a source for the number of the last row that is tried.
LAST = "/*last*/"


@dataclass(frozen=True)
class Wanted:
    """A table and what its rows are to be like.

    `makers` are for the columns that can be made up. `parents` says how many rows there are to
    point to, by the name of the foreign key; without any it is NULL. `conditions` are what a row
    has to meet, as far as it can be asked before it is there; `checked` are the columns of those
    that are about several.
    """

    table: Table
    rows: int
    makers: Mapping[str, Maker]
    parents: Mapping[str, int]
    conditions: tuple[str, ...] = ()
    checked: frozenset[str] = frozenset()
    counts: Mapping[str, ColumnSize] = field(default_factory=dict)
    part: Part = field(default_factory=lambda: Part(""))


@dataclass(frozen=True)
class Composed:
    """A SELECT of rows, not yet limited to those that meet the conditions."""

    columns: tuple[str, ...]
    source: str
    conditions: tuple[str, ...]
    rows: int

    def insert(self, table: Table) -> str:
        names = ", ".join(quoted(each) for each in self.columns)
        listed = f" ({names})" if names else ""
        # Rows that are there already, from the history, may stand in the way.
        deferrable = any(each.deferrable for each in table.keys)
        return (
            f"INSERT INTO {table.quoted}{listed} OVERRIDING SYSTEM VALUE\n"
            f"SELECT {names} {self.chosen(self.tried)} LIMIT {self.rows}\n"
            + ("" if deferrable else "ON CONFLICT DO NOTHING")
        )

    @property
    def tried(self) -> int:
        return self.rows * TRIES if self.conditions else self.rows

    def count(self, tried: int, only: str | None = None) -> str:
        """How many of the first rows meet the conditions, or one of them."""
        return f"SELECT count(*) {self.chosen(tried, only)}"

    def chosen(self, tried: int, only: str | None = None) -> str:
        asked = self.conditions if only is None else (only,)
        met = " AND ".join(f"(({each}) IS NOT FALSE)" for each in asked) or "true"
        return f"FROM ({self.source.replace(LAST, str(max(0, tried - 1)))}) AS made WHERE {met}"
