"""The schema that a history builds, replayed in memory from what its statements do.

Nothing here raises: a migration may name what no migration has created (an extension's types, a
table older than the history), and then the catalogue does not know it.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.judge.catalogue.constraints import Constraints
from bot.judge.catalogue.grouped import Grouped
from bot.judge.catalogue.schema import (
    Domain,
    EnumType,
    Function,
    Index,
    Sequence,
    Table,
    Trigger,
    View,
)
from bot.judge.replay.chosen_names import constraint_name
from bot.sql.values import Column, Constraint, ConstraintKind, IndexedColumn

Value = TypeVar("Value")


@dataclass(frozen=True)
class _PartitionOf:
    """By what a partition is found; a table that refers to another is found by its bare name."""

    table: str


def _kin_of_table(table: Table) -> Iterable[Hashable]:
    referred = table.known.references.keys()
    return {*referred, _PartitionOf(table.partition_of)} if table.partition_of else referred


@dataclass
class Catalogue:
    """Tables, indexes, views and types by `schema.name`. The values are immutable, the maps not.

    `births` says when anything that is no relation was created, by its kind and name, `members`
    which tables a publication or an object of statistics is about. `strangers` are tables that no
    migration creates, with the constraints that migrations give them. `marks` are the points that
    the open transaction can go back to.
    """

    tables: Grouped[Table] = field(default_factory=lambda: Grouped(_kin_of_table))
    indexes: Grouped[Index] = field(default_factory=lambda: Grouped(lambda index: (index.table,)))
    views: dict[str, View] = field(default_factory=dict)
    enums: dict[str, EnumType] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    sequences: dict[str, Sequence] = field(default_factory=dict)
    triggers: dict[tuple[str, str], Trigger] = field(default_factory=dict)
    births: dict[tuple[str, str], int] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    members: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    strangers: dict[str, Constraints] = field(default_factory=dict)
    marks: tuple["Mark", ...] = ()

    def copy(self) -> "Catalogue":
        return Catalogue(
            self.tables.copy(),
            self.indexes.copy(),
            dict(self.views),
            dict(self.enums),
            dict(self.domains),
            dict(self.sequences),
            dict(self.triggers),
            dict(self.births),
            dict(self.functions),
            dict(self.members),
            dict(self.strangers),
            self.marks,
        )

    def go_back(self, mark: "Mark") -> None:
        """Be again what it was at a mark, which stays."""
        vars(self).update(vars(mark.catalogue.copy()))

    def born(self, relation: str) -> int | None:
        """When a table, view, index or sequence was created; None for what is not known."""
        index = self.indexes.get(relation)
        found = self.tables.get(index.table if index else relation) or self.views.get(relation)
        owner = found or self.sequences.get(relation)
        return owner.born if owner else None

    def column(self, table: str, name: str) -> Column | None:
        found = self.tables.get(table)
        return found.columns.get(name) if found else None

    def constraint(self, table: str, name: str) -> Constraint | None:
        return self.constraints_of(table).get(name)

    def constraints_of(self, table: str) -> Constraints:
        """All of a table's constraints, as far as they are known."""
        found = self.tables.get(table)
        return found.known if found else self.strangers.get(table, Constraints())

    def primary_key_of(self, table: str) -> tuple[str, ...]:
        """The columns of a table's primary key; none if it has, or is known to have, no key."""
        found = self.tables.get(table)
        keys = found.constraints.values() if found else ()
        primary = (each.columns for each in keys if each.kind is ConstraintKind.PRIMARY_KEY)
        return next(primary, ())

    def foreign_keys_of(self, table: str) -> tuple[Constraint, ...]:
        """The foreign keys by which a table refers to others, as far as it is known."""
        found = self.tables.get(table)
        return found.foreign_keys() if found else ()

    def indexes_of(self, table: str) -> tuple[Index, ...]:
        return self.indexes.of(table)

    def partitions_of(self, table: str) -> tuple[str, ...]:
        """The partitions of a table, and theirs."""
        found = self.tables.get(table)
        if found is None or not found.partitioned:
            return ()
        direct = [each.name for each in self.tables.of(_PartitionOf(table))]
        return tuple(name for child in direct for name in (child, *self.partitions_of(child)))

    def is_partitioned(self, table: str) -> bool:
        """Whether a table may have partitions; of one that no migration creates, they tell."""
        known = self.tables.get(table)
        return known.partitioned if known else any(self.tables.of(_PartitionOf(table)))

    def heirs_of(self, table: str) -> tuple[str, ...]:
        """The tables that inherit from a table, and those that inherit from them."""
        found = self.tables.get(table)
        if found is None or not found.inherited:
            return ()
        direct = [each.name for each in self.tables.values() if table in each.inherits]
        every = (name for child in direct for name in (child, *self.heirs_of(child)))
        return tuple(dict.fromkeys(every))

    def below(self, table: str) -> tuple[str, ...]:
        """The partitions or heirs of a table: where a command on it reaches."""
        return self.partitions_of(table) or self.heirs_of(table)

    def ancestors_of(self, table: str) -> tuple[str, ...]:
        """The partitioned tables that a table is a partition of, the nearest first."""
        found = self.tables.get(table)
        names: list[str] = []
        while found and found.partition_of and found.partition_of not in names:
            names.append(found.partition_of)
            found = self.tables.get(found.partition_of)
        return tuple(names)

    def owned_sequences(self, table: str, column: str = "") -> tuple[Sequence, ...]:
        """The sequences that belong to a table, or to one of its columns."""
        owned = (each for each in self.sequences.values() if each.table == table)
        return tuple(each for each in owned if not column or each.column == column)

    def sources_of(self, relation: str) -> tuple[str, ...]:
        """What a plain view reads, through other views too."""
        found: dict[str, None] = {}
        waiting = [relation]
        while waiting:
            view = self.views.get(waiting.pop())
            for name in view.reads if view and not view.materialized else ():
                if name not in found:
                    found[name] = None
                    waiting.append(name)
        return tuple(found)

    def default_partition_of(self, table: str) -> str | None:
        found = (
            each.name for each in self.tables.of(_PartitionOf(table)) if each.default_partition
        )
        return next(found, None)

    def references_to(self, table: str) -> Iterator[tuple[str, Constraint]]:
        """The foreign keys that point to a table, with the tables they belong to."""
        for each in self.tables.of(table):
            for name in each.known.references[table]:
                yield each.name, each.constraints[name]

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

    def proved_not_null(self, table: str, column: str, *, without: Collection[str] = ()) -> bool:
        """Whether a valid CHECK, other than those named, proves that the column holds no NULL."""
        there = self.constraints_of(table)
        checks = (there[name] for name in there.proofs.get(column, ()) if name not in without)
        return any(each.validated and each.enforced for each in checks)

    def put(self, table: Table, **changes: object) -> None:
        self.tables[table.name] = table.but(**changes)

    def add_constraint(self, table: str, constraint: Constraint) -> str:
        """Add it under the name the server would choose, with the index that comes with it."""
        there = self.constraints_of(table)
        name = constraint.name or constraint_name(table, constraint, self._taken(table))
        named = self._with_referenced(replace(constraint, name=name))
        self.put_constraints(table, there.adding(name, named))
        if constraint.kind in _WITH_INDEX:
            self._own_index(table, named)
        return name

    def put_constraints(self, table: str, constraints: Mapping[str, Constraint]) -> None:
        if table in self.tables:
            self.put(self.tables[table], constraints=constraints)
        else:
            kept = constraints if isinstance(constraints, Constraints) else Constraints(constraints)
            self.strangers[table] = kept

    def _own_index(self, table: str, constraint: Constraint) -> None:
        schema = table.partition(".")[0]
        used = constraint.using_index
        existing = self.indexes.pop(f"{schema}.{used}", None) if used else None
        columns = tuple(IndexedColumn(name) for name in constraint.columns)
        if constraint.kind is ConstraintKind.EXCLUDE and constraint.expression:
            columns = (*columns, IndexedColumn(None, constraint.expression))
        name = f"{schema}.{constraint.name}"
        self.indexes[name] = Index(
            name,
            table,
            existing.columns if existing else columns,
            unique=constraint.kind is not ConstraintKind.EXCLUDE,
            constraint=constraint.name,
            primary=constraint.kind is ConstraintKind.PRIMARY_KEY,
            method=existing.method if existing else constraint.method,
        )

    def _with_referenced(self, constraint: Constraint) -> Constraint:
        """A foreign key that names no columns means the other table's primary key."""
        if constraint.references is None or constraint.referenced:
            return constraint
        return replace(constraint, referenced=self.primary_key_of(constraint.references))

    def _taken(self, table: str) -> set[str]:
        """Names a new constraint cannot have: those of the table's, and of relations beside it."""
        schema = table.partition(".")[0] + "."
        beside = (*self.indexes, *self.tables, *self.views, *self.sequences)
        relations = {each.removeprefix(schema) for each in beside if each.startswith(schema)}
        return {*self.constraints_of(table), *relations}


@dataclass(frozen=True)
class Mark:
    """The catalogue at BEGIN, or at the savepoint of that name, in the migration at `place`."""

    savepoint: str
    place: int
    catalogue: Catalogue


_WITH_INDEX = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE)


def renamed(values: Mapping[str, Value], old: str, new: str) -> dict[str, Value]:
    """The same map in the same order with one key renamed."""
    return {new if key == old else key: value for key, value in values.items()}


def without(values: Mapping[str, Value], names: Iterable[str]) -> dict[str, Value]:
    gone = set(names)
    return {key: value for key, value in values.items() if key not in gone}
