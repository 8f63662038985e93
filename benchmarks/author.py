"""Somebody who works on a product for years and leaves a migration at every step."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks import prisma_text as text
from benchmarks.imagined import SCALARS, Column, Schema, Table

_FIRST_TABLES = 12
_OWNERS = [
    "Account", "Billing", "Cart", "Catalog", "Delivery", "Event", "Gift", "Market", "Partner",
    "Product", "Stock", "User",
]  # fmt: skip
_THINGS = [
    "Address", "Audit", "Batch", "Entry", "Group", "Item", "Label", "Link", "Log", "Note",
    "Plan", "Rule", "Session", "Token",
]  # fmt: skip
_FIELDS = [
    "amount", "code", "comment", "country", "label", "level", "position", "priority", "rate",
    "region", "slug", "source",
]  # fmt: skip
_STATES = [
    "DRAFT", "ACTIVE", "PAUSED", "CLOSED", "FAILED", "EXPIRED", "ARCHIVED", "PENDING",
    "REFUNDED", "SHIPPED",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One thing the author wanted; `lost` is what Prisma warns of on top of the file."""

    what: str
    sql: str
    lost: str = ""


class Author:
    """Every choice is drawn from `source`, and nothing is written that would not apply."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self._schema = Schema()
        self._steps: dict[Callable[[], Step], int] = {
            self._add_columns: 24,
            self._add_index: 14,
            self._add_relation: 12,
            self._new_table: 12,
            self._add_enum: 7,
            self._fill_column: 7,
            self._drop_column: 6,
            self._extend_enum: 5,
            self._change_column: 5,
            self._insert_rows: 3,
            self._drop_index: 3,
            self._drop_table: 1,
            self._shrink_enum: 1,
        }

    def begin(self) -> Step:
        """The first migration, which carries all that was there when Prisma came."""
        blocks = [self._add_enum().sql for _ in range(3)]
        blocks += [self._new_table().sql for _ in range(_FIRST_TABLES)]
        return Step("init", "\n".join(blocks))

    def go_on(self) -> Step:
        step = self.random.choices(list(self._steps), list(self._steps.values()))[0]
        return step()

    def _new_table(self) -> Step:
        name = self.random.choice(_OWNERS) + self.random.choice(_THINGS)
        while name in self._schema.tables:
            name += str(self.random.randint(2, 9))
        table = Table(name)
        for each in self._columns(table, self.random.randint(3, 8), filled=False):
            table.columns[each.name] = each
        others = list(self._schema.tables.values())
        self._schema.tables[name] = table
        related = self.random.sample(others, min(len(others), self.random.randint(0, 2)))
        relations = [self._relate(table, each, required=False) for each in related]
        blocks = [text.create_table(name, self._definitions(table))]
        blocks += [each for _, index, key in relations for each in (index, key)]
        return Step(f"add_{name.lower()}", "\n".join(blocks))

    @staticmethod
    def _definitions(table: Table) -> Iterator[str]:
        yield '"id" TEXT NOT NULL'
        yield '"createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP'
        yield '"updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP'
        yield from (each.definition for each in table.columns.values())

    def _add_columns(self) -> Step:
        table = self._table()
        new = list(self._columns(table, self.random.randint(1, 4), filled=True))
        table.columns.update((each.name, each) for each in new)
        sql = text.alter_table(table.name, [f"ADD COLUMN     {each.definition}" for each in new])
        return Step(f"{table.name.lower()}_{new[0].name}", sql)

    def _columns(self, table: Table, count: int, *, filled: bool) -> Iterator[Column]:
        """New columns; where rows may be `filled` in, what is required has a default."""
        for _ in range(count):
            type_, default = self.random.choice(SCALARS)
            required = self.random.random() < 0.5
            given = default if required and (filled or self.random.random() < 0.9) else ""
            name = f"{self.random.choice(_FIELDS)}{table.next()}"
            yield Column(name, type_, required, given or (default if required else ""))

    def _add_index(self) -> Step:
        table = self._table()
        columns = [each for each in table.columns.values() if each.type != "JSONB"]
        chosen = self.random.sample(columns, min(len(columns), self.random.randint(1, 2)))
        if not chosen:
            return self._add_columns()
        return Step(f"index_{table.name.lower()}", self._index(table, chosen))

    def _index(self, table: Table, columns: list[Column]) -> str:
        """Unique only where every row may be NULL, and nothing fills it later."""
        unique = len(columns) == 1 and columns[0].type == "TEXT" and not columns[0].required
        names = tuple(each.name for each in columns)
        ending = "key" if unique else "idx"
        name = f"{table.name}_{'_'.join(names)}_{ending}"
        if name in table.indexes:
            name = f"{table.name}_{'_'.join(names)}_{table.next()}_{ending}"
        table.indexes[name] = names
        return text.create_index(name, table.name, names, unique=unique)

    def _drop_index(self) -> Step:
        table = self._table()
        plain = [name for name in table.indexes if name.endswith("_idx")]
        if not plain:
            return self._add_index()
        name = self.random.choice(plain)
        del table.indexes[name]
        return Step(f"unindex_{table.name.lower()}", text.drop_index(name))

    def _add_relation(self) -> Step:
        table, target = self._table(), self._table()
        added, index, key = self._relate(table, target, required=False)
        alter = text.alter_table(table.name, [f"ADD COLUMN     {added.definition}"])
        what = f"{table.name.lower()}_to_{target.name.lower()}"
        return Step(what, "\n".join((alter, index, key)))

    def _relate(self, table: Table, target: Table, *, required: bool) -> tuple[Column, str, str]:
        """A column that points to another table, its index, and its foreign key."""
        stem = target.name[0].lower() + target.name[1:]
        column = Column(f"{stem}{table.next()}Id", "TEXT", required)
        table.columns[column.name] = column
        table.relations[column.name] = target.name
        name = f"{table.name}_{column.name}_idx"
        table.indexes[name] = (column.name,)
        index = text.create_index(name, table.name, [column.name], unique=False)
        key = text.add_foreign_key(table.name, column.name, target.name, required=required)
        return column, index, key

    def _add_enum(self) -> Step:
        name = f"{self.random.choice(_THINGS)}State{len(self._schema.enums) + 1}"
        values = self.random.sample(_STATES, self.random.randint(2, 5))
        self._schema.enums[name] = values
        sql = text.create_enum(name, values)
        if self._schema.tables:
            table = self._table()
            column = Column(f"state{table.next()}", text.quoted(name))
            table.columns[column.name] = column
            added = text.alter_table(table.name, [f"ADD COLUMN     {column.definition}"])
            sql = f"{sql}\n{added}"
        return Step(f"add_{name.lower()}", sql)

    def _extend_enum(self) -> Step:
        name = self.random.choice(list(self._schema.enums))
        value = f"{self.random.choice(_STATES)}_{len(self._schema.enums[name]) + 1}"
        if value in self._schema.enums[name]:
            return self._add_enum()
        self._schema.enums[name].append(value)
        return Step(f"extend_{name.lower()}", text.add_enum_value(name, value))

    def _shrink_enum(self) -> Step:
        name = self.random.choice(list(self._schema.enums))
        if len(self._schema.enums[name]) < 2:
            return self._extend_enum()
        gone = self._schema.enums[name].pop()
        columns = self._schema.columns_of_type(name)
        lost = f"The values [{gone}] on the enum `{name}` will be removed."
        sql = text.replace_enum(name, self._schema.enums[name], columns)
        return Step(f"shrink_{name.lower()}", sql, lost)

    def _fill_column(self) -> Step:
        """Data in a migration: a default for old rows, then the promise that there is one."""
        table = self._table()
        defaults = dict(SCALARS)
        column = next((each for each in table.free_columns() if not each.required), None)
        if column is None:
            return self._add_columns()
        value = column.default = defaults[column.type]
        column.required = True
        name = text.quoted(column.name)
        sql = (
            f"-- Backfill\nUPDATE {text.quoted(table.name)} SET {name} = {value} "
            f"WHERE {name} IS NULL;\n\n"
        )
        promises = [f"ALTER COLUMN {name} SET NOT NULL", f"ALTER COLUMN {name} SET DEFAULT {value}"]
        return Step(f"fill_{column.name}", sql + text.alter_table(table.name, promises))

    def _insert_rows(self) -> Step:
        table = self._table()
        rows = ", ".join(f"('{table.name}-{table.next()}')" for _ in range(3))
        sql = (
            f'INSERT INTO {text.quoted(table.name)} ("id") VALUES {rows} ON CONFLICT DO NOTHING;\n'
        )
        return Step(f"seed_{table.name.lower()}", sql)

    def _drop_column(self) -> Step:
        table = self._table()
        column = next(table.free_columns(), None)
        if column is None:
            return self._add_columns()
        del table.columns[column.name]
        lost = (
            f"You are about to drop the column `{column.name}` on the `{table.name}` table. "
            "All the data in the column will be lost."
        )
        sql = text.alter_table(table.name, [f"DROP COLUMN {text.quoted(column.name)}"])
        return Step(f"drop_{column.name}", sql, lost)

    def _change_column(self) -> Step:
        table = self._table()
        column = next((each for each in table.columns.values() if each.type == "INTEGER"), None)
        if column is None:
            return self._add_columns()
        column.type = "BIGINT"
        action = f"ALTER COLUMN {text.quoted(column.name)} SET DATA TYPE BIGINT"
        return Step(f"widen_{column.name}", text.alter_table(table.name, [action]))

    def _drop_table(self) -> Step:
        lonely = self._schema.lonely_tables()
        if not lonely or len(self._schema.tables) <= _FIRST_TABLES:
            return self._new_table()
        table = self.random.choice(lonely)
        del self._schema.tables[table.name]
        keys = [text.drop_foreign_key(table.name, column) for column in table.relations]
        lost = (
            f"You are about to drop the `{table.name}` table. If the table is not empty, all the "
            "data it contains will be lost."
        )
        sql = "\n".join([*keys, text.drop_table(table.name)])
        return Step(f"drop_{table.name.lower()}", sql, lost)

    def _table(self) -> Table:
        return self.random.choice(list(self._schema.tables.values()))
