"""The names that PostgreSQL gives to what its author left unnamed."""

from collections.abc import Collection

from bot.sql.names import bare
from bot.sql.values import Constraint, ConstraintKind

_LONGEST = 63
_ENDINGS = {
    ConstraintKind.PRIMARY_KEY: "pkey",
    ConstraintKind.UNIQUE: "key",
    ConstraintKind.FOREIGN_KEY: "fkey",
    ConstraintKind.CHECK: "check",
    ConstraintKind.EXCLUDE: "excl",
    ConstraintKind.NOT_NULL: "not_null",
}


def constraint_name(table: str, constraint: Constraint, taken: Collection[str]) -> str:
    """The name of a constraint; `taken` are bare names that it cannot have."""
    if constraint.using_index:
        return constraint.using_index
    columns = "_".join(constraint.columns)
    if constraint.kind is ConstraintKind.PRIMARY_KEY:
        columns = ""
    elif constraint.kind is ConstraintKind.CHECK and constraint.expression:
        used = tuple(dict.fromkeys(constraint.expression.columns))
        columns = used[0] if len(used) == 1 else ""
    return object_name(bare(table), columns, _ENDINGS[constraint.kind], taken)


def object_name(first: str, second: str, ending: str, taken: Collection[str]) -> str:
    """`first_second_ending`, cut where it is too long, and numbered where it is taken."""
    chosen = _cut(first, second, ending)
    number = 0
    while chosen in taken:
        number += 1
        chosen = _cut(first, second, f"{ending}{number}")
    return chosen


def _cut(first: str, second: str, ending: str) -> str:
    """The longer part is cut first, by bytes, and never inside a character."""
    parts = [first.encode(), second.encode()] if second else [first.encode()]
    room = _LONGEST - len(ending.encode()) - len(parts)
    while sum(map(len, parts)) > room:
        longest = 1 if len(parts) > 1 and len(parts[1]) >= len(parts[0]) else 0
        parts[longest] = parts[longest][:-1]
    return "_".join([*(part.decode(errors="ignore") for part in parts), ending])
