"""The primary keys a statement adds, however they are written. No rule by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.judge.timeline import Step
from bot.sql.actions import AddColumn, AddConstraint, CreateTable
from bot.sql.values import Column, Constraint, ConstraintKind


@dataclass(frozen=True)
class PrimaryKey:
    """`using_index` is the index it is made of, where its columns are not written out."""

    table: str
    columns: tuple[str, ...]
    using_index: str | None = None


def primary_keys_of(step: Step) -> Iterator[PrimaryKey]:
    for created in step.all(CreateTable):
        for each in created.constraints:
            yield from _one(created.table, each)
        for column in created.columns:
            yield from _beside(created.table, column)
    for added in step.all(AddColumn):
        yield from _beside(added.table, added.column)
    for action in step.all(AddConstraint):
        yield from _one(action.table, action.constraint)


def _beside(table: str, column: Column) -> Iterator[PrimaryKey]:
    for each in column.constraints:
        yield from _one(table, each)


def _one(table: str, constraint: Constraint) -> Iterator[PrimaryKey]:
    if constraint.kind is ConstraintKind.PRIMARY_KEY:
        yield PrimaryKey(table, constraint.columns, constraint.using_index)
