"""A schema that exists only in the head of the one who makes up a history for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.prisma_text import quoted

SCALARS = (
    ("TEXT", "''"),
    ("INTEGER", "0"),
    ("BOOLEAN", "false"),
    ("BIGINT", "0"),
    ("DOUBLE PRECISION", "0"),
    ("DECIMAL(65,30)", "0"),
    ("TIMESTAMP(3)", "CURRENT_TIMESTAMP"),
    ("JSONB", "'{}'"),
)


@dataclass
class Column:
    name: str
    type: str
    required: bool = False
    default: str = ""

    @property
    def definition(self) -> str:
        needs = " NOT NULL" if self.required else ""
        default = f" DEFAULT {self.default}" if self.default else ""
        return f"{quoted(self.name)} {self.type}{needs}{default}"

    @property
    def plain(self) -> bool:
        """Whether nothing but its own type is attached to it."""
        return any(self.type == each for each, _ in SCALARS)


@dataclass
class Table:
    """`indexes` maps names to columns, `relations` columns to the tables they point to."""

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    indexes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)
    serial: int = 0

    def next(self) -> int:
        """A number no name of this table has had."""
        self.serial += 1
        return self.serial

    def free_columns(self) -> Iterator[Column]:
        """Columns that no index and no relation uses, and that no row needs."""
        used = {name for columns in self.indexes.values() for name in columns}
        kept = {"id", "createdAt", "updatedAt", *used, *self.relations}
        return (each for each in self.columns.values() if each.plain and each.name not in kept)


@dataclass
class Schema:
    tables: dict[str, Table] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)

    def columns_of_type(self, enum: str) -> list[tuple[str, str]]:
        """Table and column of everything that has this enum's type."""
        return [
            (table.name, column.name)
            for table in self.tables.values()
            for column in table.columns.values()
            if column.type == quoted(enum)
        ]

    def lonely_tables(self) -> list[Table]:
        """Tables that no other table points to."""
        wanted = {
            target
            for table in self.tables.values()
            for target in table.relations.values()
            if target != table.name
        }
        return [table for name, table in self.tables.items() if name not in wanted]
