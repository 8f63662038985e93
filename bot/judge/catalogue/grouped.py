"""A map whose values are also found by what they belong to, as indexes by their table."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

V = TypeVar("V")


class Grouped(dict[str, V], Generic[V]):
    """`groups` says which groups a value belongs to. They are kept once somebody asks for one."""

    def __init__(
        self, groups: Callable[[V], Iterable[Hashable]], values: Mapping[str, V] | None = None
    ) -> None:
        super().__init__(values or {})
        self._groups = groups
        self._members: dict[Hashable, dict[str, None]] | None = None

    def of(self, group: Hashable) -> tuple[V, ...]:
        """The values of a group, in the order in which they came."""
        if self._members is None:
            self._members = {}
            for key, value in self.items():
                self._move(key, (), self._groups(value))
        return tuple(map(self.__getitem__, self._members.get(group, ())))

    def copy(self) -> "Grouped[V]":
        return Grouped(self._groups, self)

    def __setitem__(self, key: str, value: V) -> None:
        if self._members is not None:
            before = self._groups(self[key]) if key in self else ()
            now = self._groups(value)
            if before != now:
                self._move(key, before, now)
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        if self._members is not None and key in self:
            self._move(key, self._groups(self[key]), ())
        super().__delitem__(key)

    def pop(self, key: str, *default: Any) -> Any:
        if key not in self and default:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def _move(self, key: str, before: Iterable[Hashable], now: Iterable[Hashable]) -> None:
        assert self._members is not None
        old, new = set(before), set(now)
        for group in old - new:
            del self._members[group][key]
        for group in new - old:
            self._members.setdefault(group, {})[key] = None
