"""The schema that a history builds, replayed in memory from what its statements do.

Nothing here raises: a migration may name what no migration has created (an extension's types, a
table older than the history), and then the catalogue does not know it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.judge.schema import Domain, EnumType, Index, Table, Trigger, View
from bot.sql.values import Column, Constraint, ConstraintKind, IndexedColumn

Value = TypeVar("Value")


@dataclass
class Catalogue:
    """Tables, indexes, views and types by `schema.name`. The values are immutable, the maps not.

    `births` says when anything that is no relation was created, by its kind and name.
    """

    tables: dict[str, Table] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    enums: dict[str, EnumType] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    triggers: dict[tuple[str, str], Trigger] = field(default_factory=dict)
    births: dict[tuple[str, str], int] = field(default_factory=dict)

    def copy(self) -> "Catalogue":
        return Catalogue(
            dict(self.tables),
            dict(self.indexes),
            dict(self.views),
            dict(self.enums),
            dict(self.domains),
            dict(self.sequences),
            dict(self.triggers),
            dict(self.births),
        )

    def born(self, relation: str) -> int | None:
        """When a table, view, index or sequence was created; None for what is not known."""
        index = self.indexes.get(relation)
        found = self.tables.get(index.table if index else relation) or self.views.get(relation)
        return found.born if found else self.sequences.get(relation)

    def column(self, table: str, name: str) -> Column | None:
        found = self.tables.get(table)
        return found.columns.get(name) if found else None

    def constraint(self, table: str, name: str) -> Constraint | None:
        found = self.tables.get(table)
        return found.constraints.get(name) if found else None

    def indexes_of(self, table: str) -> tuple[Index, ...]:
        return tuple(each for each in self.indexes.values() if each.table == table)

    def partitions_of(self, table: str) -> tuple[str, ...]:
        """The partitions of a table, and theirs."""
        found = self.tables.get(table)
        if found is None or not found.partitioned:
            return ()
        direct = [each.name for each in self.tables.values() if each.partition_of == table]
        return tuple(name for child in direct for name in (child, *self.partitions_of(child)))

    def default_partition_of(self, table: str) -> str | None:
        found = (
            each.name
            for each in self.tables.values()
            if each.partition_of == table and each.default_partition
        )
        return next(found, None)

    def references_to(self, table: str) -> Iterator[tuple[str, Constraint]]:
        """The foreign keys that point to a table, with the tables they belong to."""
        for each in self.tables.values():
            for constraint in each.foreign_keys():
                if constraint.references == table:
                    yield each.name, constraint

    def views_on(self, relation: str) -> tuple[str, ...]:
        """The views that read a relation, and those that read them."""
        found: dict[str, None] = {}
        waiting = [relation]
        while waiting:
            name = waiting.pop()
            for view in self.views.values():
                if name in view.reads and view.name not in found:
                    found[view.name] = None
                    waiting.append(view.name)
        return tuple(found)

    def columns_of_type(self, name: str) -> Iterator[tuple[str, Column]]:
        for table in self.tables.values():
            for column in table.columns.values():
                if column.type.name == name:
                    yield table.name, column

    def proved_not_null(self, table: str, column: str) -> bool:
        """Whether a valid CHECK already proves that the column holds no NULL."""
        found = self.tables.get(table)
        checks = (
            each
            for each in (found.constraints.values() if found else ())
            if each.validated and each.enforced and each.expression
        )
        return any(column in each.expression.proves for each in checks if each.expression)

    def put(self, table: Table, **changes: object) -> None:
        self.tables[table.name] = replace(table, **changes)  # type: ignore[arg-type]

    def add_constraint(self, table: Table, constraint: Constraint) -> None:
        """Add it under the name the server would choose, with the index that comes with it."""
        name = constraint.name or self._chosen_name(table, constraint)
        named = replace(constraint, name=name)
        self.put(table, constraints={**table.constraints, name: named})
        if constraint.kind in (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE):
            self._own_index(table.name, named)

    def _own_index(self, table: str, constraint: Constraint) -> None:
        schema = table.partition(".")[0]
        used = constraint.using_index
        existing = self.indexes.pop(f"{schema}.{used}", None) if used else None
        columns = tuple(IndexedColumn(name) for name in constraint.columns)
        name = f"{schema}.{constraint.name}"
        self.indexes[name] = Index(
            name,
            table,
            existing.columns if existing else columns,
            unique=True,
            constraint=constraint.name,
        )

    @staticmethod
    def _chosen_name(table: Table, constraint: Constraint) -> str:
        bare = table.name.partition(".")[2]
        columns = "_".join(constraint.columns)
        if constraint.using_index:
            return constraint.using_index
        if constraint.kind is ConstraintKind.PRIMARY_KEY:
            return f"{bare}_pkey"
        ending = {
            ConstraintKind.UNIQUE: "key",
            ConstraintKind.FOREIGN_KEY: "fkey",
            ConstraintKind.CHECK: "check",
            ConstraintKind.EXCLUDE: "excl",
            ConstraintKind.NOT_NULL: "not_null",
        }[constraint.kind]
        chosen = "_".join(part for part in (bare, columns, ending) if part)
        number = 0
        while f"{chosen}{number or ''}" in table.constraints:
            number += 1
        return f"{chosen}{number or ''}"


def renamed(values: Mapping[str, Value], old: str, new: str) -> dict[str, Value]:
    """The same map in the same order with one key renamed."""
    return {new if key == old else key: value for key, value in values.items()}


def without(values: Mapping[str, Value], names: Iterable[str]) -> dict[str, Value]:
    gone = set(names)
    return {key: value for key, value in values.items() if key not in gone}
