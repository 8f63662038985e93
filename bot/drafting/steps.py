"""What a kind of object answers when it is asked for the SQL of a change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.core.schemas.draft import DraftedStatement
from bot.drafting.item import Item, Key
from bot.drafting.layout import Layout


@dataclass(frozen=True)
class Undrafted:
    """A change that no statement was found for, with why."""

    why: str


Step = DraftedStatement | Undrafted


@dataclass(frozen=True)
class Around:
    """Both schemas, and what is made and dropped on the way; what is replaced is in both."""

    current: Layout
    wanted: Layout
    made: frozenset[Key] = frozenset()
    gone: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Alteration:
    """How an object is changed where it stands. What stands on one of `disturbs` has to be out of
    the way meanwhile, if it is one of the kinds that mind."""

    steps: tuple[Step, ...] = ()
    disturbs: frozenset[Key] = frozenset()


class Kind(Protocol):
    """A module for a kind of object."""

    def create(self, item: Item, around: Around) -> Iterable[Step]: ...

    def drop(self, item: Item, around: Around) -> Iterable[Step]: ...

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        """None if it has to be dropped and created again."""


def one(sql: str, *, loses: str = "", needs: str = "") -> tuple[DraftedStatement]:
    return (DraftedStatement(sql, loses=loses, needs=needs),)


def altered(*steps: Iterable[Step], disturbs: Iterable[Key] = ()) -> Alteration:
    return Alteration(tuple(step for each in steps for step in each), frozenset(disturbs))


def changed(before: Item, after: Item) -> set[str]:
    """The names of the attributes that differ."""
    left, right = dict(before.compared), dict(after.compared)
    return {name for name in {*left, *right} if left.get(name) != right.get(name)}
