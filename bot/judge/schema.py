"""The things a catalogue holds: tables, indexes, views and types, as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.sql.values import Column, Constraint, ConstraintKind, IndexedColumn, Type


@dataclass(frozen=True)
class Table:
    """`born` is the place in the history of the migration that created it.

    `row_security` says that it is enabled, `policies` are the names of its policies.
    """

    name: str
    born: int
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    temporary: bool = False
    partitioned: bool = False
    partition_of: str | None = None
    default_partition: bool = False
    row_security: bool = False
    policies: tuple[str, ...] = ()
    partition_key: tuple[str, ...] = ()

    def foreign_keys(self) -> tuple[Constraint, ...]:
        return self._foreign_keys

    @cached_property
    def _foreign_keys(self) -> tuple[Constraint, ...]:
        kind = ConstraintKind.FOREIGN_KEY
        return tuple(each for each in self.constraints.values() if each.kind is kind)


@dataclass(frozen=True)
class Index:
    """`constraint` is the name of the constraint that owns it, if one does.

    `includes` are the columns of INCLUDE.
    `doubtful` says that it was built CONCURRENTLY, which leaves an invalid one when it is stopped.
    """

    name: str
    table: str
    columns: tuple[IndexedColumn, ...] = ()
    unique: bool = False
    partial: bool = False
    constraint: str | None = None
    method: str = "btree"
    includes: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True)
class View:
    """`columns` are the names of columns that its query uses; "*" stands for all."""

    name: str
    born: int
    reads: tuple[str, ...] = ()
    materialized: bool = False
    columns: tuple[str, ...] = ()


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
