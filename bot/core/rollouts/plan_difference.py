"""How the plan that would run differs from the one somebody agreed to, statement by statement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.rollouts.text_difference import Piece, StatementChange, statement_changes

_MOST_LINES = 40


class Change(StrEnum):
    """As seen from what was agreed to. `MOVED`: the same texts, in another order."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Planned:
    """A migration of a plan. `pieces` is None where its text is not known, or cannot be cut."""

    name: str
    checksum: str
    pieces: tuple[Piece, ...] | None = None


@dataclass(frozen=True)
class MigrationChange:
    """`statements` is None where the statements of one of the two are not known."""

    name: str
    change: Change
    statements: tuple[StatementChange, ...] | None = ()


def plan_difference(
    agreed: Sequence[Planned], now: Sequence[Planned]
) -> tuple[MigrationChange, ...]:
    """What differs, in the order in which it would run; what is gone stands first."""
    before = {each.name: each for each in agreed}
    after = {each.name: each for each in now}
    gone = [each for each in agreed if each.name not in after]
    found = [MigrationChange(each.name, Change.REMOVED, _whole(each, None)) for each in gone]
    for each in now:
        if each.name not in before:
            found.append(MigrationChange(each.name, Change.ADDED, _whole(None, each)))
        elif each.checksum != before[each.name].checksum:
            changes = _statements(before[each.name].pieces, each.pieces)
            found.append(MigrationChange(each.name, Change.CHANGED, changes))
    return tuple(found) or tuple(_moved(before, after))


def difference_lines(changes: Iterable[MigrationChange]) -> tuple[str, ...]:
    """The same in words, a line each; of very many the first."""
    lines = [line for each in changes for line in _lines(each)]
    more = len(lines) - _MOST_LINES
    return (*lines[:_MOST_LINES], *([f"and {more} lines more"] if more > 0 else ()))


def _moved(
    before: Mapping[str, Planned], after: Mapping[str, Planned]
) -> Iterator[MigrationChange]:
    for old, new in zip(before, after, strict=True):
        if old != new:
            yield MigrationChange(new, Change.MOVED)


def _whole(before: Planned | None, after: Planned | None) -> tuple[StatementChange, ...] | None:
    return _statements(
        before.pieces if before else (),
        after.pieces if after else (),
    )


def _statements(
    before: Sequence[Piece] | None, after: Sequence[Piece] | None
) -> tuple[StatementChange, ...] | None:
    return None if before is None or after is None else statement_changes(before, after)


_SAID = {
    Change.ADDED: "is pending now, and was not agreed to",
    Change.REMOVED: "was agreed to, and is not pending any more",
    Change.CHANGED: "has another text",
    Change.MOVED: "runs in another place",
}


def _lines(change: MigrationChange) -> Iterator[str]:
    said = _SAID[change.change]
    if change.statements is None:
        yield f"{change.name} {said}; its statements are not known here"
        return
    if change.change is Change.CHANGED and not change.statements:
        said = "has the same statements, and differs in comments or blanks"
    yield f"{change.name} {said}"
    if change.change is Change.REMOVED:
        return
    for each in change.statements:
        if each.before is not None:
            yield f"{change.name}, line {each.before.line}, gone: {each.before.short()}"
        if each.after is not None:
            yield f"{change.name}, line {each.after.line}, new: {each.after.short()}"
