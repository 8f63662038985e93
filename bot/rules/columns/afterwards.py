"""What else happens to a column in the same file. No rule by itself."""

from bot.judge.timeline import Stretch
from bot.sql.actions import DropColumn, DropNotNull, SetDefault, SetNotNull

Kind = type[DropColumn] | type[DropNotNull] | type[SetDefault] | type[SetNotNull]


def happens(steps: Stretch, table: str, column: str, *kinds: Kind) -> bool:
    """Whether one of the steps does one of these to the column."""
    return any(
        (each.table, each.name) == (table, column)
        for kind in kinds
        for each in steps.all(kind, about=column)
    )
