"""A script that makes one schema out of another, drafted from the catalogue, and what it loses."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class DraftedStatement:
    """One statement, without its semicolon. `loses` says which rows or values are gone after it,
    such as `the values of public.user.email`; "" if none are. `needs` is what has to hold of the
    rows there, or PostgreSQL refuses it: rows that were kept are given back before the first that
    needs something. Each may run in a transaction with the others."""

    sql: str
    loses: str = ""
    needs: str = ""


@dataclass(frozen=True)
class Draft:
    """`statements`, run in order on the current schema, are meant to give the wanted one. `left`
    are the changes that could not be put into a statement, one line each, with why."""

    statements: tuple[DraftedStatement, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.left

    @property
    def losses(self) -> tuple[str, ...]:
        return tuple(each.loses for each in self.statements if each.loses)


@dataclass(frozen=True)
class Renamed:
    """What is the same under another name: `kind` and `name` as the current schema's snapshot has
    them, `new` as the wanted one's."""

    kind: str
    name: str
    new: str


# `draft(current, wanted)`: what to run on `current` so that it becomes `wanted`. With `renames`, if
# some are known: otherwise a column under another name is taken for another column.
Drafter = Callable[..., Draft]
