"""What else happens to a column in the same file. No rule by itself."""

from collections.abc import Iterable

from bot.judge.context import Step
from bot.sql.actions import DropColumn, DropNotNull, SetDefault, SetNotNull

Kind = type[DropColumn] | type[DropNotNull] | type[SetDefault] | type[SetNotNull]


def happens(steps: Iterable[Step], table: str, column: str, *kinds: Kind) -> bool:
    """Whether one of the steps does one of these to the column."""
    return any(
        (each.table, each.name) == (table, column)
        for step in steps
        for kind in kinds
        for each in step.all(kind)
    )
