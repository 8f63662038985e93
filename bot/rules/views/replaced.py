"""Whether a function was there before: the catalogue does not keep functions."""

import re

from bot.judge.context import Context
from bot.sql.actions import CreateFunction
from bot.sql.names import bare


def existed(function: str, context: Context) -> bool:
    """Whether the base branch creates the function, and this file has not."""
    here = context.earlier.all(CreateFunction, about=function)
    if context.file.baseline or any(True for _ in here):
        return False
    name = re.escape(bare(function))
    created = re.compile(
        rf"\bCREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE)\s+([\w\"]+\.)?\"?{name}\"?\s*\(",
        re.IGNORECASE,
    )
    before = context.file.history[: context.file.fresh_from]
    return any(created.search(migration.sql) for migration in before)
