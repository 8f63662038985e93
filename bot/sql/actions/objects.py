"""What is done to objects of any kind, and to views, sequences, triggers and the like."""

from bot.sql.actions.action import Action, action


@action
class CreateObject(Action):
    """An object nothing more is known of than what it is, in SQL's words, and its name.

    `relations` are the tables of a publication or of extended statistics.
    """

    kind: str
    name: str
    relations: tuple[str, ...] = ()


@action
class Rename(Action):
    """`kind` in SQL's words; "COLUMN", "CONSTRAINT" and such are parts of `relation`.

    Relations and types are `schema.name` in `old` and `new`, parts are bare names.
    """

    kind: str
    old: str
    new: str
    relation: str = ""
    if_exists: bool = False


@action
class SetSchema(Action):
    kind: str
    name: str
    schema: str


@action
class DropObjects(Action):
    """`kind` in SQL's words. `relation` is the table of a trigger, rule or policy."""

    kind: str
    names: tuple[str, ...]
    concurrently: bool = False
    cascade: bool = False
    if_exists: bool = False
    relation: str = ""


@action
class CommentOn(Action):
    """`part` is the column, constraint, … of the relation `name`. `text` is None for IS NULL."""

    kind: str
    name: str
    part: str = ""
    text: str | None = None


@action
class CreateSchema(Action):
    name: str


@action
class CreateExtension(Action):
    name: str
    if_not_exists: bool = False


@action
class CreateView(Action):
    """`columns` are the names of columns that its query uses; "*" stands for all."""

    name: str
    reads: tuple[str, ...] = ()
    materialized: bool = False
    replace: bool = False
    with_data: bool = True
    columns: tuple[str, ...] = ()
    security_invoker: bool = False


@action
class RefreshView(Action):
    name: str
    concurrently: bool = False
    with_data: bool = True


@action
class CreateSequence(Action):
    """`owner` is the column it belongs to, as `schema.table.column`, if any."""

    name: str
    if_not_exists: bool = False
    owner: str = ""


@action
class AlterSequence(Action):
    """`settings` are what it sets, as PostgreSQL names it, with the values as text."""

    name: str
    settings: tuple[tuple[str, str], ...] = ()
    if_exists: bool = False


@action
class CreateTrigger(Action):
    """`deferred`: a constraint trigger that waits for the end of the transaction. `reads` is the
    table it names with FROM."""

    name: str
    table: str
    function: str = ""
    deferred: bool = False
    reads: tuple[str, ...] = ()


@action
class AlterPublication(Action):
    """`change` is what becomes of the tables: ADD, DROP or SET; "" where none are named."""

    name: str
    relations: tuple[str, ...] = ()
    change: str = ""
