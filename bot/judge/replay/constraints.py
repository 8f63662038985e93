"""How commands on constraints change the catalogue."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue, without
from bot.judge.replay.columns import change_column
from bot.judge.replay.inherited import hand_down, take_back, validate_below
from bot.judge.replay.partition_indexes import bring_to_partitions, drop_below
from bot.sql import actions as act
from bot.sql.values import Constraint, ConstraintKind


def _add_constraint(catalogue: Catalogue, action: act.AddConstraint, born: int) -> None:
    constraint = _with_columns(catalogue, action)
    name = catalogue.add_constraint(action.table, constraint)
    if not action.only:
        hand_down(catalogue, action.table, name)
    index = catalogue.indexes.get(f"{action.table.partition('.')[0]}.{name}")
    if index and index.constraint == name:
        bring_to_partitions(catalogue, index)
    makes_not_null = (ConstraintKind.PRIMARY_KEY, ConstraintKind.NOT_NULL)
    if constraint.kind in makes_not_null and constraint.validated:
        for name in constraint.columns:
            change_column(catalogue, act.SetNotNull(action.table, name, only=action.only), born)


def _with_columns(catalogue: Catalogue, action: act.AddConstraint) -> Constraint:
    """A constraint made of an index has the index's columns."""
    constraint = action.constraint
    if not constraint.using_index or constraint.columns:
        return constraint
    index = catalogue.indexes.get(f"{action.table.partition('.')[0]}.{constraint.using_index}")
    names = (each.name for each in index.columns) if index else ()
    return replace(constraint, columns=tuple(name for name in names if name))


def _validate(catalogue: Catalogue, action: act.ValidateConstraint, born: int) -> None:
    there = catalogue.constraints_of(action.table)
    found = there.get(action.name)
    if found:
        valid = replace(found, validated=True)
        catalogue.put_constraints(action.table, there.adding(action.name, valid))
        validate_below(catalogue, action.table, action.name)
        if found.kind is ConstraintKind.NOT_NULL:
            for name in found.columns:
                change_column(catalogue, act.SetNotNull(action.table, name), born)


def _alter_constraint(catalogue: Catalogue, action: act.AlterConstraint, born: int) -> None:
    there = catalogue.constraints_of(action.table)
    found = there.get(action.name)
    if found:
        changed = replace(
            found,
            deferrable=found.deferrable if action.deferrable is None else action.deferrable,
            enforced=found.enforced if action.enforced is None else action.enforced,
        )
        catalogue.put_constraints(action.table, there.adding(action.name, changed))


def _drop_constraint(catalogue: Catalogue, action: act.DropConstraint, born: int) -> None:
    there = catalogue.constraints_of(action.table)
    found = there.get(action.name)
    if found is None:
        return
    catalogue.put_constraints(action.table, without(there, [action.name]))
    take_back(catalogue, action.table, found)
    if found.kind is ConstraintKind.NOT_NULL:
        for name in found.columns:
            change_column(catalogue, act.DropNotNull(action.table, name), born)
    owned = f"{action.table.partition('.')[0]}.{action.name}"
    index = catalogue.indexes.get(owned)
    if index and index.constraint == action.name:
        drop_below(catalogue, owned)
    if action.cascade and found.kind in (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE):
        drop_keys_on(catalogue, action.table, found)


def drop_keys_on(catalogue: Catalogue, table: str, key: Constraint) -> None:
    """The foreign keys that need a primary or unique key of a table go with it."""
    for child, constraint in list(catalogue.references_to(table)):
        if set(constraint.referenced) == set(key.columns):
            other = catalogue.tables[child]
            catalogue.put(other, constraints=without(other.constraints, [constraint.name]))


CONSTRAINT_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    act.AddConstraint: _add_constraint,
    act.AlterConstraint: _alter_constraint,
    act.DropConstraint: _drop_constraint,
    act.ValidateConstraint: _validate,
}
