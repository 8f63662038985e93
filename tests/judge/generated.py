"""Random statements of DDL that build on each other, drawn from what a catalogue holds so far.

The server may refuse one (a view stands on the column, a name is taken): it is then passed over.
"""

from collections.abc import Callable, Iterable
from random import Random
from typing import TypeVar

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.catalogue.schema import Table
from bot.sql.values import Column, ConstraintKind

T = TypeVar("T")

TYPES = (
    "integer", "bigint", "text", "varchar(10)", "varchar(40)", "varchar", "numeric(10,2)",
    "numeric(12,2)", "numeric", "timestamp(3)", "timestamp", "timestamptz(3)", "timestamptz",
    "boolean", "jsonb", "uuid", "text[]", "integer[]", "date", "double precision", "char(4)",
)  # fmt: skip
EXTRAS = (
    "", "", "", " UNIQUE", " CHECK (true)",
)  # fmt: skip
FILLED = (
    "integer DEFAULT 5", "integer NOT NULL DEFAULT 5", "uuid DEFAULT gen_random_uuid()",
    "timestamptz DEFAULT now()", "text DEFAULT 'x' NOT NULL", "serial", "real DEFAULT random()",
    "bigint GENERATED ALWAYS AS IDENTITY", "text DEFAULT lower('X')", "jsonb DEFAULT '{}'",
)  # fmt: skip


class Generator:
    """Draws statements; `catalogue` is kept up to date by whoever runs them."""

    def __init__(self, random: Random, catalogue: Catalogue) -> None:
        self._random = random
        self._catalogue = catalogue
        self._number = 0

    def statement(self) -> str:
        """The next statement; where there is nothing to do it to, another is drawn."""
        while True:
            sql = self._random.choice(_KINDS)(self)
            if sql:
                return sql

    def _new(self, kind: str) -> str:
        self._number += 1
        return f"{kind}_{self._number}"

    def _one(self, values: Iterable[T]) -> T | None:
        found = list(values)
        return self._random.choice(found) if found else None

    def _table(self) -> Table | None:
        return self._one(self._catalogue.tables.values())

    def _column(self, table: Table) -> Column | None:
        return self._one(table.columns.values())

    def _type(self) -> str:
        enum = self._one(self._catalogue.enums)
        return enum if enum and self._random.random() < 0.15 else self._random.choice(TYPES)

    def create_table(self) -> str:
        columns = [f"{self._new('c')} {self._type()}" for _ in range(self._random.randint(1, 4))]
        columns.append(f"{self._new('c')} {self._random.choice(FILLED)}")
        if self._random.random() < 0.7:
            columns.insert(0, "id integer PRIMARY KEY")
        parent = self._with_key()
        if parent and self._random.random() < 0.5:
            columns.append(f"{self._new('c')} integer REFERENCES {parent.name} (id)")
        return f"CREATE TABLE {self._new('t')} ({', '.join(columns)})"

    def create_partitioned(self) -> str:
        key = "PRIMARY KEY (id, n)" if self._random.random() < 0.5 else "CHECK (n > 0)"
        name = self._new("p")
        return f"CREATE TABLE {name} (id integer, n integer, x text, {key}) PARTITION BY LIST (n)"

    def create_partition(self) -> str:
        parent = self._one(each for each in self._catalogue.tables.values() if each.partitioned)
        if parent is None:
            return ""
        name, value = self._new("part"), self._number
        return f"CREATE TABLE {name} PARTITION OF {parent.name} FOR VALUES IN ({value})"

    def inherit(self) -> str:
        table = self._one(
            each
            for each in self._catalogue.tables.values()
            if not each.partitioned and not each.partition_of
        )
        return f"CREATE TABLE {self._new('h')} () INHERITS ({table.name})" if table else ""

    def _with_key(self) -> Table | None:
        return self._one(
            each
            for each in self._catalogue.tables.values()
            if any(
                key.kind is ConstraintKind.PRIMARY_KEY and key.columns == ("id",)
                for key in each.constraints.values()
            )
        )

    def _of_column(self, template: str) -> str:
        table = self._table()
        column = self._column(table) if table else None
        if table is None or column is None:
            return ""
        return template.format(
            table=table.name, column=column.name, type=self._type(), new=self._new("n")
        )

    def _of_constraint(self, template: str) -> str:
        table = self._table()
        constraint = self._one(table.constraints) if table else None
        if table is None or constraint is None:
            return ""
        return template.format(table=table.name, name=constraint, new=self._new("n"))

    def add_column(self) -> str:
        extra = self._random.choice([f"{self._type()}{each}" for each in EXTRAS] + list(FILLED))
        return self._of_column(
            f"ALTER TABLE {{table}} ADD COLUMN {{new}} {extra.replace('{}', '{{}}')}"
        )

    def add_key(self) -> str:
        parent = self._with_key()
        if parent is None:
            return ""
        key = f"FOREIGN KEY ({{column}}) REFERENCES {parent.name} (id)"
        valid = self._random.choice(("", " NOT VALID"))
        return self._of_column(f"ALTER TABLE {{table}} ADD {key}{valid}")

    def rename_column(self) -> str:
        """Not of a partitioned table: its indexes bring the old name to later partitions."""
        table = self._one(each for each in self._catalogue.tables.values() if not each.partitioned)
        column = self._column(table) if table else None
        if table is None or column is None:
            return ""
        return f"ALTER TABLE {table.name} RENAME COLUMN {column.name} TO {self._new('n')}"

    def index(self) -> str:
        unique = self._random.choice(("", "UNIQUE "))
        name = self._random.choice(("", "{new} "))
        where = self._random.choice(("", "", " WHERE {column} IS NOT NULL"))
        return self._of_column(f"CREATE {unique}INDEX {name}ON {{table}} ({{column}}){where}")

    def _of_index(self, template: str) -> str:
        index = self._one(self._catalogue.indexes)
        return template.format(index=index, new=self._new("n")) if index else ""

    def view(self) -> str:
        source = self._one([*self._catalogue.tables, *self._catalogue.views])
        kind = self._random.choice(("VIEW", "VIEW", "MATERIALIZED VIEW"))
        return f"CREATE {kind} {self._new('v')} AS SELECT * FROM {source}" if source else ""

    def drop_view(self) -> str:
        view = self._one(self._catalogue.views.values())
        if view is None:
            return ""
        kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
        return f"DROP {kind} {view.name}{self._random.choice(('', ' CASCADE'))}"

    def enum(self) -> str:
        return f"CREATE TYPE {self._new('e')} AS ENUM ('a', 'b')"

    def change_enum(self) -> str:
        enum = self._one(self._catalogue.enums.values())
        value = self._one(enum.values) if enum else None
        if enum is None or value is None:
            return ""
        return self._random.choice(
            (
                f"ALTER TYPE {enum.name} ADD VALUE '{self._new('x')}'",
                f"ALTER TYPE {enum.name} RENAME VALUE '{value}' TO '{self._new('x')}'",
                f"ALTER TYPE {enum.name} RENAME TO {self._new('e')}",
                f"DROP TYPE {enum.name} CASCADE",
            )
        )

    def sequence(self) -> str:
        name = self._one(self._catalogue.sequences)
        if name is None or self._random.random() < 0.4:
            return f"CREATE SEQUENCE {self._new('s')}"
        return self._random.choice(
            (
                f"ALTER SEQUENCE {name} RENAME TO {self._new('s')}",
                f"DROP SEQUENCE {name} CASCADE",
                f"ALTER SEQUENCE {name} RESTART",
            )
        )

    def function(self) -> str:
        name = self._one(self._catalogue.functions)
        if name and self._random.random() < 0.5:
            return f"DROP FUNCTION {name}"
        return f"CREATE FUNCTION {self._new('f')}() RETURNS integer LANGUAGE sql AS 'SELECT 1'"

    def drop_table(self) -> str:
        table = self._table()
        if table is None or len(self._catalogue.tables) < 6:
            return ""
        return f"DROP TABLE {table.name}{self._random.choice(('', ' CASCADE'))}"

    def detach(self) -> str:
        part = self._one(each for each in self._catalogue.tables.values() if each.partition_of)
        return f"ALTER TABLE {part.partition_of} DETACH PARTITION {part.name}" if part else ""


def _column(template: str) -> Callable[[Generator], str]:
    return lambda generator: generator._of_column(template)


def _constraint(template: str) -> Callable[[Generator], str]:
    return lambda generator: generator._of_constraint(template)


def _index(template: str) -> Callable[[Generator], str]:
    return lambda generator: generator._of_index(template)


_KINDS: tuple[Callable[[Generator], str], ...] = (
    *[Generator.create_table] * 4,
    *[Generator.add_column] * 4,
    *[Generator.index] * 3,
    *[Generator.add_key] * 3,
    Generator.create_partitioned,
    Generator.create_partition,
    Generator.create_partition,
    Generator.inherit,
    Generator.view,
    Generator.drop_view,
    Generator.enum,
    Generator.change_enum,
    Generator.sequence,
    Generator.function,
    Generator.drop_table,
    Generator.detach,
    *[_column("ALTER TABLE {table} ALTER COLUMN {column} TYPE {type}")] * 4,
    _column("ALTER TABLE {table} ALTER COLUMN {column} TYPE {type} USING NULL"),
    _column("ALTER TABLE {table} DROP COLUMN {column}"),
    _column("ALTER TABLE {table} DROP COLUMN {column} CASCADE"),
    _column("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"),
    _column("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL"),
    _column("ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT"),
    Generator.rename_column,
    _column("ALTER TABLE {table} RENAME TO {new}"),
    _column("ALTER TABLE {table} ADD CHECK ({column} IS NOT NULL)"),
    _column("ALTER TABLE {table} ADD CONSTRAINT {new} CHECK ({column} IS NOT NULL) NOT VALID"),
    _column("ALTER TABLE {table} ADD UNIQUE ({column})"),
    _column("ALTER TABLE {table} ADD PRIMARY KEY ({column})"),
    _column("ALTER TABLE {table} ADD COLUMN {new} integer, DROP COLUMN {column}"),
    _column("TRUNCATE {table} CASCADE"),
    _constraint("ALTER TABLE {table} DROP CONSTRAINT {name}"),
    _constraint("ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"),
    _constraint("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"),
    _constraint("ALTER TABLE {table} RENAME CONSTRAINT {name} TO {new}"),
    _index("DROP INDEX {index}"),
    _index("ALTER INDEX {index} RENAME TO {new}"),
    _index("REINDEX INDEX {index}"),
)
