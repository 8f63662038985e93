"""The constraints a statement adds, however they are written. No rule by itself."""

from collections.abc import Iterator

from bot.judge.timeline import Step
from bot.sql.actions import AddColumn, AddConstraint, CreateTable
from bot.sql.values import Constraint


def constraints_of(step: Step) -> Iterator[tuple[str, Constraint]]:
    """Each with its table."""
    for created in step.all(CreateTable):
        for each in created.constraints:
            yield created.table, each
        for column in created.columns:
            for each in column.constraints:
                yield created.table, each
    for added in step.all(AddColumn):
        for each in added.column.constraints:
            yield added.table, each
    for action in step.all(AddConstraint):
        yield action.table, action.constraint
