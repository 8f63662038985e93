"""What changed between two versions of a text that was cut into statements."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

# Comparing is quadratic in what differs; beyond this, everything between the ends is one change.
_MOST = 2_000
_LONGEST = 120


@dataclass(frozen=True)
class Piece:
    """A statement, and the line of its file that it starts on."""

    line: int
    sql: str

    @property
    def text(self) -> str:
        """Space around a statement is no difference."""
        return self.sql.strip()

    def short(self) -> str:
        """On one line, and no longer than a reader takes in at once."""
        text = " ".join(self.sql.split())
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@dataclass(frozen=True)
class StatementChange:
    """One that has `before` alone was removed, one that has `after` alone was added, and one that
    has both is another than it was."""

    before: Piece | None = None
    after: Piece | None = None


def statement_changes(
    before: Sequence[Piece], after: Sequence[Piece]
) -> tuple[StatementChange, ...]:
    """In the order of the text. That a statement is on another line is no change."""
    return tuple(
        StatementChange(was, became)
        for old, new in _differing(*_without_common_ends(before, after))
        for was, became in zip_longest(old, new)
    )


def sentences(name: str, changes: Iterable[StatementChange]) -> Iterator[str]:
    """What each change of a migration is, with the statements as code."""
    for each in changes:
        was, became = each.before and _code(each.before), each.after and _code(each.after)
        if was and became:
            yield f"`{name}`: {became} was {was}"
        else:
            yield f"`{name}`: {became} was added" if became else f"`{name}`: {was} was removed"


def _differing(
    old: Sequence[Piece], new: Sequence[Piece]
) -> list[tuple[Sequence[Piece], Sequence[Piece]]]:
    if len(old) > _MOST or len(new) > _MOST:
        return [(old, new)]
    texts = [each.text for each in old], [each.text for each in new]
    codes = SequenceMatcher(None, *texts, autojunk=False).get_opcodes()
    return [(old[a:b], new[c:d]) for what, a, b, c, d in codes if what != "equal"]


def _without_common_ends(
    old: Sequence[Piece], new: Sequence[Piece]
) -> tuple[Sequence[Piece], Sequence[Piece]]:
    first, most = 0, min(len(old), len(new))
    while first < most and old[first].text == new[first].text:
        first += 1
    last = 0
    while last < most - first and old[-1 - last].text == new[-1 - last].text:
        last += 1
    return old[first : len(old) - last], new[first : len(new) - last]


def _code(piece: Piece) -> str:
    text = piece.short().replace("`", "'")
    return f"`{text}`"
