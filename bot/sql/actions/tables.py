"""What is done to tables, their columns, constraints and partitions."""

from dataclasses import field

from bot.sql.actions.action import Action, action
from bot.sql.values import Column, Constraint, Expression, Type


@action
class CreateTable(Action):
    """`reads` are the relations of CREATE TABLE AS, `selected` its columns that are others': the
    new name and the old one, which is "*" for all. `foreign`: its rows are on another server."""

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
    selected: tuple[tuple[str, str], ...] = ()
    foreign: bool = False


@action
class TableAction(Action):
    """A command of ALTER TABLE; `if_table_exists` says that the table may be missing,
    `only` that those below it are left alone."""

    table: str
    if_table_exists: bool = field(default=False, kw_only=True)
    only: bool = field(default=False, kw_only=True)


@action
class AddColumn(TableAction):
    column: Column
    if_not_exists: bool = False


@action
class DropColumn(TableAction):
    name: str
    if_exists: bool = False
    cascade: bool = False


@action
class AlterColumnType(TableAction):
    name: str
    type: Type
    using: Expression | None = None
    collation: str = ""


@action
class SetNotNull(TableAction):
    name: str


@action
class DropNotNull(TableAction):
    name: str


@action
class SetDefault(TableAction):
    name: str
    default: Expression


@action
class DropDefault(TableAction):
    name: str


@action
class AddConstraint(TableAction):
    constraint: Constraint


@action
class ValidateConstraint(TableAction):
    name: str


@action
class AlterConstraint(TableAction):
    """`deferrable` and `enforced` are None where the command leaves them as they are."""

    name: str
    deferrable: bool | None = None
    enforced: bool | None = None


@action
class DropConstraint(TableAction):
    name: str
    if_exists: bool = False
    cascade: bool = False


@action
class AttachPartition(TableAction):
    partition: str
    default: bool = False


@action
class DetachPartition(TableAction):
    partition: str
    concurrently: bool = False


@action
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
