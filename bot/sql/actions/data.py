"""What is done to rows."""

from bot.sql.actions.action import Action, action
from bot.sql.values import Expression


@action
class Query(Action):
    """A SELECT; `functions` it calls may do anything. `locked` are the relations whose rows it
    locks, by FOR UPDATE and the like; `only` are read without their heirs. `valued` says that it
    gives a value in the place of NULL (COALESCE), for what a table without rows lacks."""

    reads: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    valued: bool = False


@action
class Insert(Action):
    """`rows` says that it surely inserts some, unless they are there and it says ON CONFLICT:
    `conflict` are then the columns it updates.

    `filled` are the places in the list of columns that some row of VALUES gives a value other than
    NULL, `defaulted` those that some row leaves to DEFAULT. `width` is the number of values that
    a row has; None where a query says so.
    """

    table: str
    columns: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    rows: bool = False
    filled: tuple[int, ...] = ()
    locked: tuple[str, ...] = ()
    defaulted: tuple[int, ...] = ()
    width: int | None = None
    conflict: tuple[str, ...] | None = None


@action
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


@action
class Delete(Action):
    table: str
    bounded: bool = False
    reads: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    only: bool = False


@action
class Merge(Action):
    """`deletes`: one of its branches says DELETE."""

    table: str
    reads: tuple[str, ...] = ()
    deletes: bool = False


@action
class Truncate(Action):
    """`restarts`: RESTART IDENTITY. `only` are those whose heirs are left alone."""

    tables: tuple[str, ...]
    cascade: bool = False
    restarts: bool = False
    only: tuple[str, ...] = ()


@action
class Copy(Action):
    table: str
    program: bool = False
    file: bool = False
    into: bool = True
