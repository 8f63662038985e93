"""The things a catalogue holds: tables, indexes, views and types, as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sql.values import Column, Constraint, ConstraintKind, IndexedColumn, Type


@dataclass(frozen=True)
class Table:
    """`born` is the place in the history of the migration that created it."""

    name: str
    born: int
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    temporary: bool = False
    partitioned: bool = False
    partition_of: str | None = None
    default_partition: bool = False

    def foreign_keys(self) -> tuple[Constraint, ...]:
        kind = ConstraintKind.FOREIGN_KEY
        return tuple(each for each in self.constraints.values() if each.kind is kind)


@dataclass(frozen=True)
class Index:
    """`constraint` is the name of the constraint that owns it, if one does."""

    name: str
    table: str
    columns: tuple[IndexedColumn, ...] = ()
    unique: bool = False
    partial: bool = False
    constraint: str | None = None


@dataclass(frozen=True)
class View:
    name: str
    born: int
    reads: tuple[str, ...] = ()
    materialized: bool = False


@dataclass(frozen=True)
class Trigger:
    name: str
    table: str
    function: str
    deferred: bool = False


@dataclass(frozen=True)
class EnumType:
    name: str
    born: int
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Domain:
    name: str
    type: Type
    constrained: bool = False
