"""What proves that a column holds no NULL, beyond what migrations show. No rule by itself."""

from bot.judge.context import Context
from bot.sql.actions import SetNotNull, ValidateConstraint


def validated_unseen(action: SetNotNull, context: Context) -> bool:
    """Whether the file has validated a constraint that no migration adds, named after the column.

    What it says is written nowhere; validating it right before SET NOT NULL is the safe way.
    """
    return any(
        each.table == action.table
        and action.name.lower() in each.name.lower()
        and context.file.start.constraint(each.table, each.name) is None
        and context.catalogue.constraint(each.table, each.name) is None
        for each in context.earlier.all(ValidateConstraint, about=action.table)
    )
