"""A migration on its way to be several: the texts of its folders, in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.findings.rewrite import stage_of
from bot.core.migrations.migration import Migration


class CannotSplit(Exception):
    """Why statements cannot be told apart into folders, in a sentence."""


@dataclass(frozen=True)
class Part:
    """What will be one folder. `what` names it; the first part has the migration's own name. `last`
    says that it comes after all that runs in the author's order."""

    text: str
    what: str = ""
    last: bool = False


@dataclass(frozen=True)
class Draft:
    """`todos` are sentences about what a person has to do besides."""

    migration: Migration
    parts: tuple[Part, ...]
    todos: tuple[str, ...] = ()

    @classmethod
    def of(cls, migration: Migration) -> "Draft":
        return cls(migration, (Part(migration.sql),))

    @property
    def changed(self) -> bool:
        return len(self.parts) > 1 or self.parts[0].text != self.migration.sql

    def with_todos(self, todos: Iterable[str]) -> "Draft":
        return replace(self, todos=(*self.todos, *filter(None, todos)))

    def with_part(self, place: int, instead: tuple[Part, ...], later: tuple[Part, ...]) -> "Draft":
        """One part replaced by others, and more put after everything, beside their like."""
        parts = [*self.parts[:place], *instead, *self.parts[place + 1 :]]
        ordinary = [n for n, each in enumerate(parts, start=1) if not each.last]
        at = max([place + len(instead), *ordinary[-1:]])
        for each in later:
            at, there = place_among([part.what for part in parts], each.what, start=at)
            if there:
                parts[at] = replace(parts[at], text=_appended(parts[at].text, each.text))
            else:
                parts.insert(at, each)
            at += 1
        return replace(self, parts=tuple(parts))


def place_among(folders: Sequence[str], what: str, *, start: int) -> tuple[int, bool]:
    """Where a folder for this is, or belongs, from `start` on; and whether it is there."""
    if what in folders[start:]:
        return folders.index(what, start), True
    behind = (n for n in range(start, len(folders)) if stage_of(folders[n]) > stage_of(what))
    return next(behind, len(folders)), False


def _appended(text: str, more: str) -> str:
    return text + ("" if text.endswith("\n") else "\n") + more
