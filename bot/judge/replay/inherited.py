"""Constraints that partitions and heirs have from the tables above them, under the same name."""

from dataclasses import replace

from bot.judge.catalogue.catalogue import Catalogue, renamed, without
from bot.judge.catalogue.schema import Table
from bot.sql.values import Constraint, ConstraintKind

_OF_PARTITIONS = (ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY)


def hand_down(catalogue: Catalogue, table: str, name: str) -> None:
    """After a constraint was added to a table with others below it."""
    constraint = catalogue.constraint(table, name)
    for below in catalogue.below(table) if constraint else ():
        found = catalogue.tables[below]
        assert constraint is not None
        if _reaches(constraint, found) and name not in found.constraints:
            catalogue.put(found, constraints={**found.constraints, name: constraint})


def handed_down(parent: Table | None, child: Table) -> dict[str, Constraint]:
    """What a new partition or heir starts with."""
    every = parent.constraints if parent else {}
    return {
        name: replace(each, validated=each.validated or each.kind is ConstraintKind.CHECK)
        for name, each in every.items()
        if _reaches(each, child) and not has_same_key(child, each)
    }


def has_same_key(table: Table, key: Constraint) -> bool:
    """Whether a table has this foreign key already, under whatever name: it then has no other."""
    return any(
        (each.columns, each.references, each.referenced, each.enforced)
        == (key.columns, key.references, key.referenced, key.enforced)
        for each in table.foreign_keys()
    )


def take_back(catalogue: Catalogue, table: str, constraint: Constraint) -> None:
    """After a constraint was dropped from a table with others below it."""
    for below in catalogue.below(table):
        found = catalogue.tables[below]
        same = found.constraints.get(constraint.name)
        if same and same.kind is constraint.kind and _reaches(constraint, found):
            catalogue.put(found, constraints=without(found.constraints, [constraint.name]))


def validate_below(catalogue: Catalogue, table: str, name: str) -> None:
    for below in catalogue.below(table):
        found = catalogue.tables[below]
        same = found.constraints.get(name)
        if same and _reaches(same, found):
            valid = replace(same, validated=True)
            catalogue.put(found, constraints={**found.constraints, name: valid})


def rename_below(catalogue: Catalogue, table: str, old: str, new: str) -> None:
    """A CHECK has one name in the whole tree."""
    for below in catalogue.below(table):
        found = catalogue.tables[below]
        same = found.constraints.get(old)
        if same and same.kind is ConstraintKind.CHECK:
            changed = renamed(found.constraints, old, new)
            changed[new] = replace(same, name=new)
            catalogue.put(found, constraints=changed)


def _reaches(constraint: Constraint, child: Table) -> bool:
    if constraint.kind is ConstraintKind.CHECK:
        return not constraint.no_inherit
    return child.partition_of is not None and constraint.kind in _OF_PARTITIONS
