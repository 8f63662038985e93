"""What has to be dropped, made and altered, with what stands in the way of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.drafting.item import Key
from bot.drafting.kinds.registry import kind_of
from bot.drafting.layout import Layout
from bot.drafting.steps import Alteration, Around

# What is made of a type or stands on a column, and does not bear that it changes under it.
_MIND_A_COLUMN = {"view", "materialized view", "rule", "policy", "trigger", "default", "function"}
_MIND_A_TYPE = _MIND_A_COLUMN | {
    "constraint", "index", "procedure", "aggregate", "operator", "operator class", "cast",
    "statistics",
}  # fmt: skip


@dataclass(frozen=True)
class Changes:
    around: Around
    altered: dict[Key, Alteration] = field(default_factory=dict)


def changes_between(current: Layout, wanted: Layout) -> Changes:
    """Raises nothing: what no kind is known for is an alteration that says so."""
    return _Finding(current, wanted).done()


class _Finding:
    """Grows until nothing stands in the way of anything any more."""

    def __init__(self, current: Layout, wanted: Layout) -> None:
        self._current = current
        self._wanted = wanted
        self._gone = set(current.items.keys() - wanted.items.keys())
        self._made = set(wanted.items.keys() - current.items.keys())
        self._altered: dict[Key, Alteration] = {}

    def done(self) -> Changes:
        for key in sorted(self._both()):
            self._look(key)
        left = sorted(self._gone | self._altered.keys())
        while left:
            left = [each for key in left for each in sorted(self._in_the_way(key))]
        # Again, now that it is known what is made and dropped.
        for key in sorted(self._altered):
            again = self._alteration(key)
            if again is not None:
                self._altered[key] = again
        return Changes(self._around(), self._altered)

    def _both(self) -> set[Key]:
        found = self._current.items.keys() & self._wanted.items.keys()
        return {
            key
            for key in found
            if self._current.items[key].compared != self._wanted.items[key].compared
        }

    def _around(self) -> Around:
        return Around(self._current, self._wanted, frozenset(self._made), frozenset(self._gone))

    def _alteration(self, key: Key) -> Alteration | None:
        before, after = self._current.items[key], self._wanted.items[key]
        return kind_of(before).alter(before, after, self._around())

    def _look(self, key: Key) -> None:
        found = self._alteration(key)
        if found is None:
            self._replace(key)
        else:
            self._altered[key] = found

    def _replace(self, key: Key) -> None:
        self._altered.pop(key, None)
        self._gone.add(key)
        self._made.add(key)

    def _in_the_way(self, key: Key) -> Iterator[Key]:
        """Those that are dropped and created again because of this one."""
        if key in self._gone:
            for each in self._current.needed_by.get(key, ()):
                if each not in self._gone and self._minds_dropping(each, key):
                    self._replace(each)
                    yield each
        elif key in self._altered:
            for other in self._altered[key].disturbs:
                for each in self._current.needed_by.get(other, ()):
                    if each not in self._gone and self._minds(each, other):
                        self._replace(each)
                        yield each

    def _minds_dropping(self, user: Key, key: Key) -> bool:
        """One that is altered so that it does without need not go."""
        if user not in self._wanted.items:
            return False
        if user not in self._altered:
            return True
        return key in self._wanted.items[user].needs

    def _minds(self, user: Key, key: Key) -> bool:
        if user not in self._wanted.items:
            return False
        if user[0] == "column":
            generated = self._current.items[user].has("generated")
            return generated and user != key
        return user[0] in (_MIND_A_COLUMN if key[0] == "column" else _MIND_A_TYPE)
