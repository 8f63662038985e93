"""A table as it is before a migration destroys something of it."""

from dataclasses import dataclass

from bot.core.kept.loss import Losing


@dataclass(frozen=True)
class KeptColumn:
    """A column, and how its values are kept.

    `type` is in SQL, qualified. `plain` says that PostgreSQL brings it along: a value of any other
    type is kept as its text, so that the type can be dropped. `width` is the average in bytes.
    `filled` says that a new row may have a value without being given one. `generated` columns are
    worked out anew. `sequence` numbers it and goes with it: its name, quoted.
    """

    name: str
    type: str
    plain: bool = True
    width: int = 8
    filled: bool = False
    generated: bool = False
    sequence: str = ""


@dataclass(frozen=True)
class Cascade:
    """A foreign key by which rows of another table go with the rows of this one that they point
    to. `table` is that table's name in SQL. Where it does not delete them it changes them.
    """

    table: str
    columns: tuple[str, ...]
    referenced: tuple[str, ...]
    deletes: bool = True


@dataclass(frozen=True)
class TableToKeep:
    """`keys` are the columns of each unique key that is never null, the primary key first.

    `rows` and `bytes` are estimates. `closed` says that row level security is on. `obstacle` is why
    nothing of it can be kept, whatever the statement is. `cascades` are the foreign keys by which
    rows of other tables go, or change, with its own; `referring` the tables that point to it;
    `cascading` the columns whose change other tables follow. `decided` says that a trigger may keep
    its rows from being deleted, `rewritten` that one may set columns beside those that an UPDATE
    sets. `woken` are the losses that wake a trigger which may change rows elsewhere.
    """

    schema: str
    name: str
    columns: tuple[KeptColumn, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    rows: int = 0
    bytes: int = 0
    closed: bool = False
    obstacle: str = ""
    cascades: tuple[Cascade, ...] = ()
    referring: tuple[str, ...] = ()
    cascading: tuple[str, ...] = ()
    decided: bool = False
    rewritten: bool = False
    woken: frozenset[Losing] = frozenset()
    partitioned: bool = False

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.name}"

    def column(self, name: str) -> KeptColumn | None:
        return next((each for each in self.columns if each.name == name), None)


@dataclass(frozen=True)
class Shelf:
    """Where kept rows are put: the schema of the bot's own.

    `schema` and `index` say whether it is there, and the table that lists what is kept. `obstacle`
    is why nothing can be kept in this database. `bytes` is what is kept already. `granted` are the
    roles that are given rights on new tables by default, quoted.
    """

    schema: bool = False
    index: bool = False
    obstacle: str = ""
    bytes: int = 0
    granted: tuple[str, ...] = ()
