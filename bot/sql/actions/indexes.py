"""What is done to indexes."""

from bot.sql.actions.action import Action, action
from bot.sql.values import Expression, IndexedColumn


@action
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


@action
class Reindex(Action):
    """`kind` is INDEX, TABLE, SCHEMA, SYSTEM or DATABASE."""

    kind: str
    name: str
    concurrently: bool = False
