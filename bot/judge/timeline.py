"""The statements of a file in order, and where in it a kind of action, or a name, occurs.

A rule that looks around asks by kind and by name. Going through all the other statements for each
one would take minutes on a file with thousands.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

from bot.core.migrations.statement import Statement
from bot.sql.actions import Action, RefreshView
from bot.sql.places import Places

A = TypeVar("A", bound=Action)
_NAMES = ("table", "name", "relation", "old", "new", "partition", "function")
_MANY = ("tables", "names", "relations")
_INNER = (("column", "name"), ("constraint", "name"), ("type", "name"))


@dataclass(frozen=True)
class Step:
    """A statement with its actions, and the number of the transaction that will carry it.

    `transaction` is None for a statement that runs outside any; `explicit` says that the file
    itself opened the transaction, `batched` that it runs in batches, of which `transaction` is one:
    migration-bot does that, and Prisma does not.
    """

    statement: Statement
    actions: tuple[Action, ...]
    transaction: int | None = 0
    explicit: bool = False
    batched: bool = False

    @cached_property
    def _by_kind(self) -> Mapping[type[Action], Any]:
        found: dict[type[Action], list[Action]] = {}
        for action in self.actions:
            found.setdefault(type(action), []).append(action)
        return {kind: tuple(actions) for kind, actions in found.items()}

    @cached_property
    def kinds(self) -> frozenset[type[Action]]:
        return frozenset(self._by_kind)

    def all(self, kind: type[A]) -> tuple[A, ...]:
        """The statement's actions of one kind."""
        found: tuple[A, ...] = self._by_kind.get(kind, ())
        return found

    @cached_property
    def places(self) -> Places:
        """Where in the file its parts stand."""
        return Places(self.statement, self.actions)

    @cached_property
    def concurrent(self) -> bool:
        """Whether it says CONCURRENTLY where that rules out a transaction."""
        return any(
            getattr(each, "concurrently", False) and not isinstance(each, RefreshView)
            for each in self.actions
        )


@dataclass(frozen=True)
class _Occurrences:
    """Actions with the positions of their statements, in order."""

    positions: list[int]
    actions: list[Action]

    def add(self, position: int, action: Action) -> None:
        self.positions.append(position)
        self.actions.append(action)

    def between(self, start: int, stop: int) -> tuple[int, int]:
        return bisect_left(self.positions, start), bisect_left(self.positions, stop)


class Timeline:
    """All steps of a file, with an index of their actions by kind, and by kind and name."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self._kinds: dict[type[Action], _Occurrences] = {}
        for position, step in enumerate(steps):
            for action in step.actions:
                found = self._kinds.setdefault(type(action), _Occurrences([], []))
                found.add(position, action)
        self._named: dict[type[Action], dict[str, _Occurrences]] = {}
        self._extents: dict[int, tuple[int, int]] = {}
        for position, step in enumerate(steps):
            if step.transaction is not None:
                first, _ = self._extents.get(step.transaction, (position, position))
                self._extents[step.transaction] = (first, position + 1)

    def extent(self, transaction: int | None) -> tuple[int, int]:
        """Where the steps of a transaction begin and end; nowhere for None."""
        return (0, 0) if transaction is None else self._extents.get(transaction, (0, 0))

    def occurrences(self, kind: type[Action], name: str | None) -> _Occurrences | None:
        if name is None:
            return self._kinds.get(kind)
        if kind not in self._kinds:
            return None
        if kind not in self._named:
            self._named[kind] = self._by_name(kind)
        return self._named[kind].get(name)

    def _by_name(self, kind: type[Action]) -> dict[str, _Occurrences]:
        found: dict[str, _Occurrences] = {}
        known = self._kinds[kind]
        for position, action in zip(known.positions, known.actions, strict=True):
            for name in _names_in(action):
                found.setdefault(name, _Occurrences([], [])).add(position, action)
        return found

    @cached_property
    def kinds(self) -> frozenset[type[Action]]:
        """The kinds of action that are in the file at all."""
        return frozenset(self._kinds)

    def stretch(self, start: int, stop: int) -> "Stretch":
        return Stretch(self, start, stop)


@dataclass(frozen=True)
class Stretch:
    """The steps of a file from `start` up to, and without, `stop`."""

    timeline: Timeline
    start: int
    stop: int

    def __iter__(self) -> Iterator[Step]:
        return (self.timeline.steps[place] for place in range(self.start, self.stop))

    def __reversed__(self) -> Iterator[Step]:
        return (self.timeline.steps[place] for place in range(self.stop - 1, self.start - 1, -1))

    def __len__(self) -> int:
        return max(0, self.stop - self.start)

    @property
    def last(self) -> Step | None:
        return self.timeline.steps[self.stop - 1] if len(self) else None

    def all(self, kind: type[A], *more: type[A], about: str | None = None) -> Iterator[A]:
        """The actions of these kinds, kind by kind, each in order.

        `about` leaves only those that name it in full: their table, their own name, one of
        several, or the old or the new one. A rule still says which of these it means.
        """
        for each in (kind, *more):
            found = self.timeline.occurrences(each, about)
            if found:
                first, end = found.between(self.start, self.stop)
                yield from (cast("A", found.actions[place]) for place in range(first, end))

    def steps_with(self, *kinds: type[Action], about: str | None = None) -> Iterator[Step]:
        """The steps that have an action of one of the kinds, in order and each once."""
        places: set[int] = set()
        for kind in kinds:
            found = self.timeline.occurrences(kind, about)
            if found:
                first, end = found.between(self.start, self.stop)
                places.update(found.positions[first:end])
        return (self.timeline.steps[place] for place in sorted(places))

    def together(self, transaction: int | None) -> "Stretch":
        """Those of the steps that commit in one transaction; its steps stand next to each other."""
        first, end = self.timeline.extent(transaction)
        start = max(self.start, first)
        return Stretch(self.timeline, start, max(start, min(self.stop, end)))


def _names_in(action: Action) -> set[str]:
    """The names that stand in an action, whatever each of them is the name of."""
    found = {getattr(action, field, None) for field in _NAMES}
    for inner, field in _INNER:
        found.add(getattr(getattr(action, inner, None), field, None))
    for field in _MANY:
        found.update(getattr(action, field, None) or ())
    return {each for each in found if isinstance(each, str) and each}
