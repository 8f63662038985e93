"""What the catalogue says of tables that rows are made up for: columns, types, keys, checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from bot.adapters.postgres.connection import Connection, explained
from bot.core.quoting import quoted

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Type:
    """A type without its modifier. `kind` is pg_type's letter, `length` its bytes or -1.

    Of `element` (an array's), `base` (a domain's), `subtype` (a range's), `range` (a multirange's)
    and `fields` (a composite's), those are set that it is made of, as oids.
    """

    oid: int
    name: str
    kind: str
    built_in: bool
    quoted: str
    length: int = -1
    element: int | None = None
    base: int = 0
    modifier: int = -1
    not_null: bool = False
    subtype: int | None = None
    range: int | None = None
    labels: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    fields: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Column:
    """A column that wants a value. `drawn` is the expression that draws it from a sequence."""

    number: int
    name: str
    type: int
    modifier: int
    not_null: bool
    drawn: str | None


@dataclass(frozen=True)
class Key:
    """Columns no two rows may agree in; `only_where` is a partial index's condition.

    `nulls_count` says that a NULL is no way round it, `deferrable` that it may be looked at only
    when a transaction ends.
    """

    columns: tuple[str, ...]
    only_where: str | None
    nulls_count: bool
    deferrable: bool


@dataclass(frozen=True)
class Check:
    """A CHECK constraint; its text names columns without their table.

    It has no columns where it needs a generated one, which only the server can say the value of.
    """

    name: str
    columns: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Index:
    """What an index holds; None is an expression."""

    method: str
    columns: tuple[str | None, ...]


@dataclass(frozen=True)
class Reference:
    """A foreign key; `parent` is the oid of the table it leads to, `parent_name` quoted.

    `whole` says that the parent is partitioned: else what inherits from it is no part of it.
    """

    name: str
    parent: int
    parent_name: str
    columns: tuple[str, ...]
    parent_columns: tuple[str, ...]
    whole: bool

    @property
    def source(self) -> str:
        return self.parent_name if self.whole else f"ONLY {self.parent_name}"


@dataclass(frozen=True)
class Partition:
    """A partition or partitioned table of a tree. `rule` is the condition its rows meet, `bound`
    how it was declared, `strategy` and `key` how it is divided itself."""

    oid: int
    parent: int | None
    name: str
    leaf: bool
    foreign: bool
    bound: str | None
    rule: str | None
    strategy: str | None
    key: tuple[str | None, ...]


@dataclass(frozen=True)
class Table:
    """A table, or a partitioned one as a whole. `forced`: its policies bind its owner too."""

    oid: int
    schema: str
    name: str
    forced: bool
    indexes: tuple[Index, ...]
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    checks: tuple[Check, ...]
    references: tuple[Reference, ...]
    partitions: tuple[Partition, ...]

    @property
    def relation(self) -> str:
        """As in RelationSize."""
        return f"{self.schema}.{self.name}"

    @property
    def quoted(self) -> str:
        return quoted(self.schema, self.name)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {each.name: each for each in self.columns}


def read_tables(connection: Connection) -> tuple[tuple[Table, ...], dict[int, Type]]:
    """Every table of the database that is nobody's partition, and the types of their columns."""
    with explained("read the catalogue"), connection.transaction(force_rollback=True):
        # Names are then printed with their schema.
        connection.execute("SET LOCAL search_path = ''")
        tables = tuple(_table(row) for row in _ask(connection, "tables.sql"))
        types = [_type(row) for row in _ask(connection, "types.sql")]
    return tables, {each.oid: each for each in types}


def _ask(connection: Connection, name: str) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(Path(__file__).with_name(name).read_bytes()).fetchall()


def _table(row: Row) -> Table:
    columns = tuple(Column(**each) for each in row["columns"])
    names = {each.number: each.name for each in columns}
    return Table(
        oid=row["oid"],
        schema=row["schema"],
        name=row["name"],
        forced=row["forced"],
        indexes=tuple(
            Index(each["method"], tuple(names.get(number) for number in each["columns"]))
            for each in row["indexes"]
        ),
        columns=columns,
        keys=tuple(_key(each, names) for each in row["keys"]),
        checks=tuple(_check(each, names) for each in row["checks"]),
        references=tuple(
            Reference(
                each["name"],
                each["parent"],
                each["parent_name"],
                _named(each["columns"], names),
                tuple(each["parent_columns"]),
                each["whole"],
            )
            for each in row["references"]
        ),
        partitions=tuple(_partition(each, names) for each in row["partitions"]),
    )


def _check(row: Row, names: Mapping[int, str]) -> Check:
    columns = _named(row["columns"], names)
    whole = len(columns) == len(row["columns"])
    return Check(row["name"], columns if whole else (), row["text"])


def _key(row: Row, names: Mapping[int, str]) -> Key:
    columns = _named(row["columns"] or (), names)
    return Key(columns, row["only_where"], row["nulls_count"], row["deferrable"])


def _named(numbers: list[int] | tuple[int, ...], names: Mapping[int, str]) -> tuple[str, ...]:
    """Generated columns have no place among those that want a value."""
    return tuple(names[each] for each in numbers if each in names)


def _partition(row: Row, names: Mapping[int, str]) -> Partition:
    return Partition(
        oid=row["oid"],
        parent=row["parent"],
        name=row["name"],
        leaf=row["leaf"],
        foreign=row["foreign"],
        bound=row["bound"],
        rule=row["rule"],
        strategy=row["strategy"],
        key=tuple(names.get(each) for each in row["key"] or ()),
    )


def _type(row: Row) -> Type:
    given = dict(row)
    given["labels"] = tuple(row["labels"] or ())
    given["checks"] = tuple(row["checks"] or ())
    given["fields"] = tuple((each[0], each[1]) for each in row["fields"] or ())
    return Type(**given)
