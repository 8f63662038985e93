"""The things a catalogue holds: tables, indexes, views and types, as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.judge.catalogue.constraints import Constraints
from bot.sql.values import Column, Constraint, Expression, IndexedColumn, Type, Volatility


@dataclass(frozen=True)
class Table:
    """`born` is the place in the history of the migration that created it.

    `row_security` says that it is enabled, `policies` are the names of its policies. `inherits`
    are the tables it inherits from, `inherited` says that others inherit from it. `rules` are
    the names of its rules; `filled` says that the history surely puts rows into it, `foreign` that
    they are on another server.
    """

    name: str
    born: int
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=Constraints)
    temporary: bool = False
    partitioned: bool = False
    partition_of: str | None = None
    default_partition: bool = False
    row_security: bool = False
    policies: tuple[str, ...] = ()
    partition_key: tuple[str, ...] = ()
    inherits: tuple[str, ...] = ()
    inherited: bool = False
    unlogged: bool = False
    rules: tuple[str, ...] = ()
    filled: bool = False
    foreign: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.constraints, Constraints):
            object.__setattr__(self, "constraints", Constraints(self.constraints))

    def but(self, **changes: object) -> "Table":
        """The table with other values in some fields: dataclasses.replace, at a fifth of its price.

        A history asks for thousands.
        """
        made = object.__new__(Table)
        made.__dict__.update(self.__dict__)
        made.__dict__.pop("named", None)
        made.__dict__.update(changes)
        made.__post_init__()
        return made

    @property
    def known(self) -> Constraints:
        """Its constraints, to be asked by what they are about."""
        assert isinstance(self.constraints, Constraints)
        return self.constraints

    @cached_property
    def named(self) -> frozenset[str]:
        """The relations and types it names: those of its columns, keys and parents."""
        types = (each.type.name for each in self.columns.values())
        return frozenset((*types, *self.known.references, *self.inherits, self.partition_of or ""))

    def foreign_keys(self) -> tuple[Constraint, ...]:
        return self.known.foreign_keys


@dataclass(frozen=True)
class Index:
    """`constraint` is the name of the constraint that owns it, if one does.

    `includes` are the columns of INCLUDE, `where` is the condition of a partial one.
    `parent` is the index of a partitioned table that it belongs to, `primary` says that it is a
    primary key's.
    `called` are the names its keys had when it was made, if they have others now.
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
    where: Expression | None = None
    parent: str | None = None
    primary: bool = False
    called: tuple[str, ...] = ()

    def expressions(self) -> tuple[Expression, ...]:
        """What it works out: expressions in the place of columns, and its condition."""
        keys = tuple(each.expression for each in self.columns if each.expression)
        return (*keys, self.where) if self.where else keys

    def uses(self, column: str) -> bool:
        named = column in self.includes or any(each.name == column for each in self.columns)
        return named or any(column in each.columns for each in self.expressions())


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
class Sequence:
    """`table` and `column` are what owns it: a serial or an identity; "" for nothing."""

    name: str
    born: int
    table: str = ""
    column: str = ""
    identity: bool = False


@dataclass(frozen=True)
class Function:
    """The latest definition under a name; `overloaded` says that there are others."""

    name: str
    born: int
    body: str = ""
    language: str = "sql"
    volatility: Volatility = Volatility.VOLATILE
    inlined: bool = False
    overloaded: bool = False


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
