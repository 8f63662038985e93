"""A text as the statements that two versions of it are compared by."""

from bot.core.rollouts.text_difference import Piece
from bot.sql.parse import parse


def pieces_in(sql: str) -> tuple[Piece, ...] | None:
    """None for a text that cannot be cut into statements."""
    script = parse(sql)
    if script.fault is not None:
        return None
    return tuple(Piece(each.start.line, each.sql) for each in script.statements)
