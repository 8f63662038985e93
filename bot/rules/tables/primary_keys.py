"""The primary keys a statement adds, however they are written. No rule by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.judge.timeline import Step
from bot.rules.constraints.constraints_of import constraints_of
from bot.sql.values import ConstraintKind


@dataclass(frozen=True)
class PrimaryKey:
    """`using_index` is the index it is made of, where its columns are not written out."""

    table: str
    columns: tuple[str, ...]
    using_index: str | None = None


def primary_keys_of(step: Step) -> Iterator[PrimaryKey]:
    for table, each in constraints_of(step):
        if each.kind is ConstraintKind.PRIMARY_KEY:
            yield PrimaryKey(table, each.columns, each.using_index)
