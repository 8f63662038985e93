"""A migration on its way to be several: the texts of its folders, in order."""

from dataclasses import dataclass, replace

from bot.core.migration import Migration


class CannotSplit(Exception):
    """Why statements cannot be told apart into folders, in a sentence."""


@dataclass(frozen=True)
class Part:
    """What will be one folder. `level` is 0 for what runs in the author's order, and counts the
    folders that come after that. `what` names it; the first part has the migration's own name."""

    text: str
    level: int = 0
    what: str = ""


@dataclass(frozen=True)
class Draft:
    migration: Migration
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, migration: Migration) -> "Draft":
        return cls(migration, (Part(migration.sql),))

    @property
    def changed(self) -> bool:
        return len(self.parts) > 1 or self.parts[0].text != self.migration.sql

    def with_part(self, place: int, instead: tuple[Part, ...], later: tuple[Part, ...]) -> "Draft":
        """One part replaced by others of its level, and more put where their level has its end."""
        parts = [*self.parts[:place], *instead, *self.parts[place + 1 :]]
        for each in later:
            at = next((n for n, part in enumerate(parts) if part.level >= each.level), len(parts))
            same = [n for n, part in enumerate(parts) if part.level == each.level]
            if same:
                last = parts[same[-1]]
                parts[same[-1]] = replace(last, text=_appended(last.text, each.text))
            else:
                parts.insert(at, each)
        return replace(self, parts=tuple(parts))


def _appended(text: str, more: str) -> str:
    return text + ("" if text.endswith("\n") else "\n") + more
