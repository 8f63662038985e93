"""Prisma's warnings, moved to the folders in which what they are about happens."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.fixing.draft import Draft, Part
from bot.sql import actions as act
from bot.sql.parse import parse
from bot.sql.prisma_warnings import PrismaWarning, prisma_warnings
from bot.sql.read import actions_of

GONE = -1


def with_warnings(draft: Draft) -> Draft:
    """The same draft where each warning is where it belongs."""
    if len(draft.parts) == 1 or "Warnings:" not in draft.migration.sql:
        return draft
    texts = [each.text for each in draft.parts]
    moved: dict[int, list[str]] = {}
    for place, part in enumerate(draft.parts):
        for warning in tuple(prisma_warnings(part.text)):
            home = _home(warning, place, draft)
            if home != place:
                texts[place] = _without(texts[place], warning)
                moved.setdefault(home, []).append(warning.text)
    moved.pop(GONE, None)
    newline = "\r\n" if "\r\n" in draft.migration.sql else "\n"
    for home, warnings in moved.items():
        texts[home] = _comment(warnings, newline) + texts[home]
    parts = [replace(part, text=text) for part, text in zip(draft.parts, texts, strict=True)]
    return replace(draft, parts=tuple(parts))


def _home(warning: PrismaWarning, place: int, draft: Draft) -> int:
    """Which part it is about; GONE where that does not happen any more."""
    if warning.about_required and draft.todos and _may_be_null(warning, draft.parts):
        return GONE
    found = [
        n
        for n, part in enumerate(draft.parts)
        if not part.last and any(warning.is_about(each.sql) for each in parse(part.text).statements)
    ]
    return found[-1] if found else place


def _may_be_null(warning: PrismaWarning, parts: Iterable[Part]) -> bool:
    added = [
        each
        for each in _added(parts)
        if each.column.name in warning.columns and each.table.partition(".")[2] == warning.table
    ]
    return bool(added) and not any(each.column.not_null for each in added)


def _added(parts: Iterable[Part]) -> Iterator[act.AddColumn]:
    for part in parts:
        for statement in parse(part.text).statements:
            yield from (each for each in actions_of(statement) if isinstance(each, act.AddColumn))


def _without(text: str, warning: PrismaWarning) -> str:
    """Less the warning's line, or less the comment if that holds no other."""
    there = tuple(prisma_warnings(text))
    if len(there) > 1:
        line = next(each.at.line for each in there if each.text == warning.text)
        lines = text.splitlines(keepends=True)
        return "".join(lines[: line - 1] + lines[line:])
    before, _, after = text.partition(there[0].comment)
    return before + after.lstrip("\r\n")


def _comment(warnings: Sequence[str], newline: str) -> str:
    bullets = [f"  - {each}" for each in warnings]
    return newline.join(["/*", "  Warnings:", "", *bullets, "", "*/", ""])
