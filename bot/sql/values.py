"""The nouns that actions are made of: types, expressions, columns and constraints."""

from dataclasses import dataclass
from enum import Enum, IntEnum


class Volatility(IntEnum):
    """How often an expression may change its answer; a volatile one is worked out row by row."""

    IMMUTABLE = 0
    STABLE = 1
    VOLATILE = 2


_WORDS = {
    "bool": "boolean",
    "bpchar": "char",
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
}


@dataclass(frozen=True)
class Type:
    """A type as the catalogue names it: "int4", "varchar", "public.Role".

    `schema.name` for types that PostgreSQL does not bring along. `modifiers` are the numbers in
    brackets; `dimensions` is 1 or more for an array. `serial` stands for an integer with
    a sequence of its own.
    """

    name: str
    modifiers: tuple[int, ...] = ()
    dimensions: int = 0
    serial: bool = False

    def __str__(self) -> str:
        """In the words that people write: "bigint", where the catalogue says "int8"."""
        bare = _WORDS.get(self.name) or self.name.removeprefix("public.")
        numbers = ",".join(map(str, self.modifiers))
        return bare + (f"({numbers})" if numbers else "") + "[]" * self.dimensions


@dataclass(frozen=True)
class Expression:
    """What is worth knowing about an expression.

    `functions` and `columns` are the names it uses, `strings` its string constants, `casts` the
    types it casts to. `keywords` are what it asks the session without brackets: "CURRENT_DATE".
    `proves` are the columns that cannot be null where it is true. `constant` is
    its value if it is one plain constant, as text; "null" for NULL. `only_casts` says that it is
    one column, cast or not, and nothing else.
    """

    volatility: Volatility = Volatility.IMMUTABLE
    functions: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    casts: tuple[str, ...] = ()
    proves: tuple[str, ...] = ()
    constant: str | None = None
    only_casts: bool = False
    keywords: tuple[str, ...] = ()


class ConstraintKind(Enum):
    PRIMARY_KEY = "PRIMARY KEY"
    UNIQUE = "UNIQUE"
    CHECK = "CHECK"
    FOREIGN_KEY = "FOREIGN KEY"
    EXCLUDE = "EXCLUDE"
    NOT_NULL = "NOT NULL"


@dataclass(frozen=True)
class Constraint:
    """A constraint of a table. `name` is "" where the author left the naming to the server.

    `columns` are its own, `referenced` the other table's. `using_index` is an index by name.
    `on_delete` and `on_update` are actions in SQL's words, "" for none given. `bounds` says that it
    only repeats the bounds of the partition that its table was.
    """

    kind: ConstraintKind
    name: str = ""
    columns: tuple[str, ...] = ()
    references: str | None = None
    referenced: tuple[str, ...] = ()
    expression: Expression | None = None
    validated: bool = True
    enforced: bool = True
    deferrable: bool = False
    using_index: str | None = None
    on_delete: str = ""
    initially_deferred: bool = False
    method: str = "btree"
    no_inherit: bool = False
    bounds: bool = False
    on_update: str = ""


@dataclass(frozen=True)
class Column:
    """A column as it is defined. `generated` is "", "stored" or "virtual".

    `constraints` are those written beside the column, NOT NULL left out. `computed_from` are the
    columns that a generated one is worked out from. `filled` says that it had a default from the
    start, so that no row came to be without a value.
    """

    name: str
    type: Type
    not_null: bool = False
    default: Expression | None = None
    identity: bool = False
    generated: str = ""
    collation: str = ""
    constraints: tuple[Constraint, ...] = ()
    computed_from: tuple[str, ...] = ()
    filled: bool = False

    @property
    def numbers_itself(self) -> bool:
        return self.identity or self.type.serial


@dataclass(frozen=True)
class IndexedColumn:
    """A column of an index by name, or an expression in its place.

    `ordering` is what is said of it: "DESC NULLS LAST".
    """

    name: str | None
    expression: Expression | None = None
    operator_class: str = ""
    ordering: str = ""
    collation: str = ""
