"""What statements do, as a small vocabulary that rules, effects and the catalogue share.

Relations are named `schema.name` as the catalogue stores them. A statement is one or more actions:
each command of an ALTER TABLE is one of its own.
"""

from dataclasses import dataclass, field

from bot.sql.values import Column, Constraint, Expression, IndexedColumn, Type, Volatility


@dataclass(frozen=True, eq=False, repr=False)
class Action:
    """Something a statement does.

    The kinds share how they compare and how they are shown. Written for each of them, as a
    dataclass does, that takes half of the time in which they are loaded.
    """

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({shown})"


@dataclass(frozen=True, eq=False, repr=False)
class Other(Action):
    """A command nothing more is known of; `relations` are the tables it names."""

    kind: str
    relations: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Unread(Action):
    """A statement whose tree has a shape nobody here expected: what it does is not known."""

    kind: str


# Tables and their columns


@dataclass(frozen=True, eq=False, repr=False)
class CreateTable(Action):
    table: str
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    unlogged: bool = False
    partitioned: bool = False
    partition_of: str | None = None
    default_partition: bool = False
    partition_key: tuple[str, ...] = ()
    inherits: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class TableAction(Action):
    """A command of ALTER TABLE; `if_table_exists` says that the table may be missing,
    `only` that those below it are left alone."""

    table: str
    if_table_exists: bool = field(default=False, kw_only=True)
    only: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, eq=False, repr=False)
class AddColumn(TableAction):
    column: Column
    if_not_exists: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class DropColumn(TableAction):
    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class AlterColumnType(TableAction):
    name: str
    type: Type
    using: Expression | None = None
    collation: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class SetNotNull(TableAction):
    name: str


@dataclass(frozen=True, eq=False, repr=False)
class DropNotNull(TableAction):
    name: str


@dataclass(frozen=True, eq=False, repr=False)
class SetDefault(TableAction):
    name: str
    default: Expression


@dataclass(frozen=True, eq=False, repr=False)
class DropDefault(TableAction):
    name: str


@dataclass(frozen=True, eq=False, repr=False)
class AddConstraint(TableAction):
    constraint: Constraint


@dataclass(frozen=True, eq=False, repr=False)
class ValidateConstraint(TableAction):
    name: str


@dataclass(frozen=True, eq=False, repr=False)
class AlterConstraint(TableAction):
    """`deferrable` and `enforced` are None where the command leaves them as they are."""

    name: str
    deferrable: bool | None = None
    enforced: bool | None = None


@dataclass(frozen=True, eq=False, repr=False)
class DropConstraint(TableAction):
    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class AttachPartition(TableAction):
    partition: str
    default: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class DetachPartition(TableAction):
    partition: str
    concurrently: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class TableOption(TableAction):
    """Any other command of ALTER TABLE, by PostgreSQL's name for it: "AT_SetLogged".

    `name` is the column, trigger or role it is about, if any. `settings` are what it sets, with
    the values as text. `value` is ALWAYS or BY DEFAULT for an identity, "" where the command does
    not say. `composite` says that the table is a composite type.
    """

    command: str
    name: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    value: str = ""
    composite: bool = False


# Indexes


@dataclass(frozen=True, eq=False, repr=False)
class CreateIndex(Action):
    """`name` is "" where the server will choose it; `partial` says that it has a WHERE.

    `includes` are the columns of INCLUDE, `options` the names of what WITH sets, `where` is the
    condition of a partial one.
    """

    name: str
    table: str
    columns: tuple[IndexedColumn, ...] = ()
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    partial: bool = False
    method: str = "btree"
    includes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    where: Expression | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Reindex(Action):
    """`kind` is INDEX, TABLE, SCHEMA, SYSTEM or DATABASE."""

    kind: str
    name: str
    concurrently: bool = False


# Objects in general


@dataclass(frozen=True, eq=False, repr=False)
class Rename(Action):
    """`kind` in SQL's words; "COLUMN", "CONSTRAINT" and such are parts of `relation`.

    Relations and types are `schema.name` in `old` and `new`, parts are bare names.
    """

    kind: str
    old: str
    new: str
    relation: str = ""
    if_exists: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class SetSchema(Action):
    kind: str
    name: str
    schema: str


@dataclass(frozen=True, eq=False, repr=False)
class DropObjects(Action):
    """`kind` in SQL's words. `relation` is the table of a trigger, rule or policy."""

    kind: str
    names: tuple[str, ...]
    concurrently: bool = False
    cascade: bool = False
    if_exists: bool = False
    relation: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class CreateView(Action):
    """`columns` are the names of columns that its query uses; "*" stands for all."""

    name: str
    reads: tuple[str, ...] = ()
    materialized: bool = False
    replace: bool = False
    with_data: bool = True
    columns: tuple[str, ...] = ()
    security_invoker: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class RefreshView(Action):
    name: str
    concurrently: bool = False
    with_data: bool = True


@dataclass(frozen=True, eq=False, repr=False)
class CreateSequence(Action):
    """`owner` is the column it belongs to, as `schema.table.column`, if any."""

    name: str
    if_not_exists: bool = False
    owner: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class AlterSequence(Action):
    """`settings` are what it sets, as PostgreSQL names it, with the values as text."""

    name: str
    settings: tuple[tuple[str, str], ...] = ()
    if_exists: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class CreateTrigger(Action):
    """`deferred`: a constraint trigger that waits for the end of the transaction. `reads` is the
    table it names with FROM."""

    name: str
    table: str
    function: str = ""
    deferred: bool = False
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class CreateSchema(Action):
    name: str


@dataclass(frozen=True, eq=False, repr=False)
class CreateObject(Action):
    """An object nothing more is known of than what it is, in SQL's words, and its name.

    `relations` are the tables of a publication or of extended statistics.
    """

    kind: str
    name: str
    relations: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class AlterPublication(Action):
    """`change` is what becomes of the tables: ADD, DROP or SET; "" where none are named."""

    name: str
    relations: tuple[str, ...] = ()
    change: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class CreatePolicy(Action):
    """A policy or a rule on a table, created or altered; `rule` tells them apart.

    `everything` says that a condition of a policy is plainly true, `strings` are the constants in
    its conditions. `command` is "" for ALTER POLICY, which cannot change it.
    """

    table: str
    name: str = ""
    rule: bool = False
    command: str = ""
    everything: bool = False
    permissive: bool = False
    strings: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class CommentOn(Action):
    """`part` is the column, constraint, … of the relation `name`. `text` is None for IS NULL."""

    kind: str
    name: str
    part: str = ""
    text: str | None = None


# Types


@dataclass(frozen=True, eq=False, repr=False)
class CreateEnum(Action):
    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class AddEnumValue(Action):
    name: str
    value: str


@dataclass(frozen=True, eq=False, repr=False)
class RenameEnumValue(Action):
    name: str
    old: str
    new: str


@dataclass(frozen=True, eq=False, repr=False)
class CreateDomain(Action):
    name: str
    type: Type
    constrained: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class AlterDomain(Action):
    """`command` is ADD CONSTRAINT, VALIDATE CONSTRAINT, SET NOT NULL, …"""

    name: str
    command: str
    validated: bool = True


# Data


@dataclass(frozen=True, eq=False, repr=False)
class Truncate(Action):
    """`restarts`: RESTART IDENTITY. `only` are those whose heirs are left alone."""

    tables: tuple[str, ...]
    cascade: bool = False
    restarts: bool = False
    only: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Update(Action):
    """`bounded`: a condition chooses rows; `sets` are the columns written. `locked` are those of
    the relations it reads whose rows it locks; `only`: heirs are left alone."""

    table: str
    bounded: bool = False
    where: Expression | None = None
    sets: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    only: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Delete(Action):
    table: str
    bounded: bool = False
    reads: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    only: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Insert(Action):
    """`rows` says that it surely inserts some; `filled` are the places in the list of columns
    that some row of VALUES gives a value other than NULL."""

    table: str
    columns: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    rows: bool = False
    filled: tuple[int, ...] = ()
    locked: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Query(Action):
    """A SELECT; `functions` it calls may do anything. `locking`: FOR UPDATE and the like, of the
    rows of those `locked`. `only` are read without their heirs."""

    reads: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    locking: bool = False
    locked: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Merge(Action):
    table: str
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Copy(Action):
    table: str
    program: bool = False
    file: bool = False
    into: bool = True


# The session


@dataclass(frozen=True, eq=False, repr=False)
class Transaction(Action):
    """`verb` in SQL's words: BEGIN, COMMIT, ROLLBACK, SAVEPOINT, …"""

    verb: str


@dataclass(frozen=True, eq=False, repr=False)
class SetVariable(Action):
    """`value` is None for RESET and for a list of values."""

    name: str
    value: str | None = None
    local: bool = False
    reset: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class LockTable(Action):
    tables: tuple[str, ...]
    mode: int
    only: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Vacuum(Action):
    """VACUUM, ANALYZE (`analyze`) or CLUSTER (`cluster`)."""

    tables: tuple[str, ...] = ()
    full: bool = False
    analyze: bool = False
    cluster: bool = False


# Code


@dataclass(frozen=True, eq=False, repr=False)
class RunBlock(Action):
    """DO: `body` is run at once; the actions after it are those of the statements inside.

    `conditional` says that the body decides whether some of them run, `understood` that nothing
    else does.
    """

    body: str
    language: str = "plpgsql"
    conditional: bool = False
    understood: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class CreateFunction(Action):
    name: str
    body: str = ""
    language: str = "sql"
    security_definer: bool = False
    settings: tuple[str, ...] = ()
    volatility: Volatility = Volatility.VOLATILE
    replace: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Call(Action):
    name: str


# What the server is told about itself


@dataclass(frozen=True, eq=False, repr=False)
class CreateExtension(Action):
    name: str
    if_not_exists: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Role(Action):
    """A role, server or user mapping; `secret` says that a password stands in the text."""

    name: str
    secret: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Grant(Action):
    """GRANT or REVOKE (`kind`) of privileges on objects, of all of them if `privileges` is empty.

    `on` is what `names` are in SQL's words. `scope` is "ALL IN SCHEMA" or "DEFAULT" where objects
    are not named one by one. A grantee is "public" for everybody.
    """

    kind: str
    relations: tuple[str, ...] = ()
    on: str = ""
    names: tuple[str, ...] = ()
    scope: str = ""
    privileges: tuple[str, ...] = ()
    grantees: tuple[str, ...] = ()
    grantable: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class ChangeOwner(Action):
    """OWNER TO of anything but a relation, for which it is a TableOption."""

    kind: str
    name: str
    owner: str
