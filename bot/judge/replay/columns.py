"""How commands on columns change the catalogue, in a table and in those below it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue, without
from bot.judge.catalogue.schema import Table
from bot.judge.replay.inherited import hand_down
from bot.judge.replay.tables import own_sequence
from bot.sql import actions as act
from bot.sql.values import Column, Constraint, ConstraintKind, Expression, Volatility

# No table of PostgreSQL has more.
MOST_COLUMNS = 1_600


def _add_column(catalogue: Catalogue, action: act.AddColumn, born: int) -> None:
    table = catalogue.tables.get(action.table)
    column = action.column
    if table is None or (action.if_not_exists and column.name in table.columns):
        return
    for each in _reached(catalogue, table, action):
        if len(each.columns) < MOST_COLUMNS:
            catalogue.put(each, columns={**each.columns, column.name: column})
    for constraint in column.constraints:
        name = catalogue.add_constraint(action.table, constraint)
        hand_down(catalogue, action.table, name)
    own_sequence(catalogue, action.table, column, born)


def _reached(catalogue: Catalogue, table: Table, action: act.TableAction) -> tuple[Table, ...]:
    below = () if action.only else catalogue.below(table.name)
    return (table, *(catalogue.tables[name] for name in below))


def _drop_column(catalogue: Catalogue, action: act.DropColumn, born: int) -> None:
    table = catalogue.tables.get(action.table)
    if table is None or action.name not in table.columns:
        return
    for each in _reached(catalogue, table, action):
        drop_column(catalogue, each.name, action.name)
        if action.cascade:
            drop_views_using(catalogue, each.name, action.name)


def drop_column(catalogue: Catalogue, name: str, column: str) -> None:
    """Take a column out of a table with what stands on it: constraints, indexes, its sequence."""
    table = catalogue.tables[name]
    for child, constraint in list(catalogue.references_to(name)):
        if column in constraint.referenced:
            other = catalogue.tables[child]
            catalogue.put(other, constraints=without(other.constraints, [constraint.name]))
    table = catalogue.tables[name]
    gone = [key for key, each in table.constraints.items() if _uses(each, column)]
    computed = [key for key, each in table.columns.items() if column in each.computed_from]
    catalogue.put(
        table,
        columns=without(table.columns, [column, *computed]),
        constraints=without(table.constraints, gone),
    )
    for index in catalogue.indexes_of(name):
        if index.uses(column):
            del catalogue.indexes[index.name]
    for sequence in catalogue.owned_sequences(name, column):
        del catalogue.sequences[sequence.name]


def drop_views_using(catalogue: Catalogue, table: str, column: str) -> None:
    for view in list(catalogue.views.values()):
        if table in view.reads and column in view.columns:
            drop_view(catalogue, view.name)


def drop_view(catalogue: Catalogue, name: str) -> None:
    """Drop a view and the views that read it."""
    for each in (name, *catalogue.views_on(name)):
        catalogue.views.pop(each, None)
        for index in catalogue.indexes_of(each):
            del catalogue.indexes[index.name]


def _uses(constraint: Constraint, column: str) -> bool:
    expression = constraint.expression
    if expression and column in expression.columns:
        return True
    return constraint.kind is not ConstraintKind.CHECK and column in constraint.columns


def change_column(catalogue: Catalogue, action: Any, born: int) -> None:
    table = catalogue.tables.get(action.table)
    for each in _reached(catalogue, table, action) if table else ():
        column = each.columns.get(action.name)
        if column:
            changed = _changed(column, action)
            catalogue.put(each, columns={**each.columns, action.name: changed})
    if table and isinstance(action, act.DropNotNull):
        _drop_not_null(catalogue, catalogue.tables[action.table], action.name)


# The default that a serial column goes on having when its type changes.
_DRAWS = Expression(Volatility.VOLATILE, functions=("nextval",))


def _changed(column: Column, action: Any) -> Column:
    if isinstance(action, act.AlterColumnType):
        default = _DRAWS if column.type.serial else column.default
        return replace(column, type=action.type, collation=action.collation, default=default)
    if isinstance(action, act.SetNotNull | act.DropNotNull):
        return replace(column, not_null=isinstance(action, act.SetNotNull))
    plain = replace(column.type, serial=False)
    return replace(column, type=plain, default=getattr(action, "default", None))


def _drop_not_null(catalogue: Catalogue, table: Table, column: str) -> None:
    """The constraint that stands for NOT NULL goes with it."""
    kind = ConstraintKind.NOT_NULL
    gone = [
        name
        for name, each in table.constraints.items()
        if each.kind is kind and column in each.columns
    ]
    if gone:
        catalogue.put(table, constraints=without(table.constraints, gone))


COLUMN_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    act.AddColumn: _add_column,
    act.AlterColumnType: change_column,
    act.DropColumn: _drop_column,
    act.DropDefault: change_column,
    act.DropNotNull: change_column,
    act.SetDefault: change_column,
    act.SetNotNull: change_column,
}
