"""What the signs of an entity diagram mean, as far as they are in it."""

from collections.abc import Iterator

from bot.core.schemas.entities import Entities
from bot.report.diagrams.changes import SIGNS
from bot.report.diagrams.svg import SANS, say, width_of

_LINE = 18.0
_MARGIN = 16.0


def legend(schema: Entities, width: float, top: float, left: int) -> tuple[list[str], float]:
    """Drawn below `top`, and how tall it is. `left` is how many boxes there was no room for."""
    parts: list[str] = []
    x, y = _MARGIN, top + 6
    for sign, style, words in _entries(schema, left):
        sign_width = width_of(sign, 11, share=0.66) + 5 if sign else 0.0
        needed = sign_width + width_of(words, 11, share=SANS)
        if x > _MARGIN and x + needed > width - _MARGIN:
            x, y = _MARGIN, y + _LINE
        if sign:
            parts.append(say(x, y, sign, style))
        parts.append(say(x + sign_width, y, words, "small quiet"))
        x += needed + 18
    return parts, y - top + 14


def _entries(schema: Entities, left: int) -> Iterator[tuple[str, str, str]]:
    changes = {each.change for each in schema.named}
    changes |= {each.change for each in schema.references}
    changes |= {column.change for each in schema.tables for column in each.columns}
    changes |= {label.change for each in schema.enums for label in each.labels}
    for change in ("added", "changed", "removed"):
        if change in changes:
            yield SIGNS[change], f"small sign {change}", change
    columns = [column for each in schema.tables for column in each.columns]
    if any(each.primary for each in columns):
        yield "PK", "small mono", "primary key"
    if any(each.foreign for each in columns):
        yield "FK", "small mono", "foreign key"
    if any(each.unique for each in columns):
        yield "UQ", "small mono", "unique"
    if any(not each.required and not each.primary for each in columns):
        yield "?", "small mono", "may be NULL"
    if schema.references:
        yield "", "", "A crow's foot is at the table that refers."
        yield "", "", "A ring says that there may be none."
    if left:
        yield "", "", f"{left:,} more are not shown."
