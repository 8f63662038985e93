"""A change of data that runs in batches: what its author asked for, and the text of each batch.

A batch is the author's own statement with its rows limited to a stretch of a key, so that all of
them together change what the statement would. The stretches follow each other in the key's order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.quoting import quoted

DEFAULT_SIZE = 1000
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Batching:
    """`size` is how many rows a batch has at most, `pause` the milliseconds after each. `max_lag`
    is how many milliseconds a standby may be behind; None where the target decides."""

    size: int = DEFAULT_SIZE
    pause: int = 0
    max_lag: int | None = None


@dataclass(frozen=True)
class KeyColumn:
    """`type` is the type in SQL. `dated` says that it is a date or a time, whose text follows the
    session's settings unless it is taken from JSON."""

    name: str
    type: str
    dated: bool = False


@dataclass(frozen=True)
class Key:
    """Columns that are never null, in the order of an index."""

    columns: tuple[KeyColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.columns)


@dataclass(frozen=True)
class Chosen:
    """The next batch: the key of its last row as text, and how many rows match up to there."""

    last: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class DataChange:
    """An UPDATE or DELETE in pieces, each as its author wrote it.

    `head` is everything before WHERE and `condition` what follows it, "" if nothing does.
    `relation` is the table with ONLY and its alias, `called` the quoted name by which its columns
    are named. `others` is the list after FROM or USING. `table` and `reads` are quoted names of the
    table and of the relations it reads besides. `sets` are the columns that it assigns.
    `functions` are called to set a column, `choosing` to choose the rows.
    """

    verb: str
    head: str
    relation: str
    called: str
    table: str
    condition: str = ""
    others: str = ""
    only: bool = False
    sets: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    choosing: tuple[str, ...] = ()

    def batch(self, key: Key, after: Sequence[str] | None, last: Sequence[str]) -> str:
        """The statement for the rows after one key and up to another."""
        stretch = self._compared(key, "<=", last)
        if after is not None:
            stretch = f"{self._compared(key, '>', after)} AND {stretch}"
        return f"{self.head}\nWHERE {self._own()} AND {stretch}"

    def limited(self, condition: str) -> str:
        """The statement for those of its rows of which one more condition is true."""
        return f"{self.head}\nWHERE {self._own()} AND {condition}"

    def chosen(self, columns: Sequence[str], order: Sequence[str], lock: str) -> str:
        """A query for columns of every row that it would change, which locks them in that order."""
        ordered = f" ORDER BY {', '.join(order)}" if order else ""
        source = f"{self.relation}\nWHERE {self._matches()}{ordered}"
        return f"SELECT {', '.join(columns)} FROM {source} {lock} OF {self.called}"  # noqa: S608

    def choose(self, key: Key, after: Sequence[str] | None, size: int) -> str:
        """A query for the next batch: how many rows it has, whether its last key can be read back
        from its text, and that text, column by column. It has no row where none match."""
        names = [f"k{number}" for number, _ in enumerate(key.columns)]
        texts = [
            f"to_jsonb({name}) #>> '{{}}'" if column.dated else f"{name}::text"
            for name, column in zip(names, key.columns, strict=True)
        ]
        same = " AND ".join(
            f"{name} = ({text})::{column.type}"
            for name, text, column in zip(names, texts, key.columns, strict=True)
        )
        # By the batch's own columns: the texts would have the same names, and another order.
        backwards = ", ".join(f"counted.{name} DESC" for name in names)
        batch = f"({self._matching(key, after, size)}) AS batch ({', '.join(names)})"
        counted = f"(SELECT *, count(*) OVER () AS rows FROM {batch}) AS counted"  # noqa: S608
        shown = ", ".join(["rows", same, *texts])
        return f"SELECT {shown} FROM {counted} ORDER BY {backwards} LIMIT 1"  # noqa: S608

    def all_matching(self) -> str:
        """A query for every row that it would change."""
        return f"SELECT FROM {self.relation}\nWHERE {self._matches()}"

    def _matching(self, key: Key, after: Sequence[str] | None, size: int) -> str:
        own = ", ".join(self._columns(key))
        beyond = "" if after is None else f" AND {self._compared(key, '>', after)}"
        where = f"{self._matches()}{beyond}"
        source = f"{self.relation}\nWHERE {where}"
        return f"SELECT {own} FROM {source} ORDER BY {own} LIMIT {size}"  # noqa: S608

    def _own(self) -> str:
        return f"({self.condition}\n)" if self.condition else "true"

    def _matches(self) -> str:
        own = self._own()
        return f"EXISTS (SELECT FROM {self.others}\nWHERE {own})" if self.others else own

    def _columns(self, key: Key) -> list[str]:
        return [f"{self.called}.{quoted(each.name)}" for each in key.columns]

    def _compared(self, key: Key, operator: str, values: Sequence[str]) -> str:
        columns = ", ".join(self._columns(key))
        given = ", ".join(
            f"{literal(value)}::{column.type}"
            for value, column in zip(values, key.columns, strict=True)
        )
        return f"({columns}) {operator} ({given})"


def literal(value: str) -> str:
    """A string constant that means the same whatever `standard_conforming_strings` is."""
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
