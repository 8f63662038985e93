"""The foreign keys a statement adds, however they are written. No rule by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.judge.timeline import Step
from bot.sql.actions import AddColumn, AddConstraint, CreateTable
from bot.sql.values import Column, Constraint, ConstraintKind


@dataclass(frozen=True)
class ForeignKey:
    """`columns` are the referring ones, of `table`."""

    table: str
    columns: tuple[str, ...]
    constraint: Constraint


def foreign_keys_of(step: Step) -> Iterator[ForeignKey]:
    for created in step.all(CreateTable):
        for each in created.constraints:
            yield from _one(created.table, each)
        for column in created.columns:
            yield from _beside(created.table, column)
    for added in step.all(AddColumn):
        yield from _beside(added.table, added.column)
    for action in step.all(AddConstraint):
        yield from _one(action.table, action.constraint)


def _beside(table: str, column: Column) -> Iterator[ForeignKey]:
    for each in column.constraints:
        if each.kind is ConstraintKind.FOREIGN_KEY:
            yield ForeignKey(table, (column.name,), each)


def _one(table: str, constraint: Constraint) -> Iterator[ForeignKey]:
    if constraint.kind is ConstraintKind.FOREIGN_KEY:
        yield ForeignKey(table, constraint.columns, constraint)
