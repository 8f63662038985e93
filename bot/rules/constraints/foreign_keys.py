"""The foreign keys a statement adds, however they are written. No rule by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.judge.timeline import Step
from bot.rules.constraints.constraints_of import constraints_of
from bot.sql.values import Constraint, ConstraintKind


@dataclass(frozen=True)
class ForeignKey:
    """`columns` are the referring ones, of `table`."""

    table: str
    columns: tuple[str, ...]
    constraint: Constraint


def foreign_keys_of(step: Step) -> Iterator[ForeignKey]:
    for table, each in constraints_of(step):
        if each.kind is ConstraintKind.FOREIGN_KEY:
            yield ForeignKey(table, each.columns, each)
