"""What changed between two versions of a text that was cut into statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# Comparing is quadratic in what differs; beyond this, everything between the ends is one change.
_MOST = 2_000
_LONGEST = 120


@dataclass(frozen=True)
class TextDifference:
    """Statements in the order of the text. `changed` are pairs: what it was, and what it is."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()

    def lines(self, name: str) -> tuple[str, ...]:
        """A sentence for each statement of a migration that is not what it was."""
        at = f"`{name}`: "
        return (
            *(f"{at}{_quoted(now)} was {_quoted(was)}" for was, now in self.changed),
            *(f"{at}{_quoted(each)} was added" for each in self.added),
            *(f"{at}{_quoted(each)} was removed" for each in self.removed),
        )


def difference_of(before: Sequence[str], after: Sequence[str]) -> TextDifference:
    """Statement by statement. Space around a statement is no difference."""
    old, new = [each.strip() for each in before], [each.strip() for each in after]
    old, new = _without_common_ends(old, new)
    added: list[str] = []
    removed: list[str] = []
    changed: list[tuple[str, str]] = []
    for was, became in _differing(old, new):
        pairs = min(len(was), len(became))
        changed += zip(was[:pairs], became[:pairs], strict=True)
        removed += was[pairs:]
        added += became[pairs:]
    return TextDifference(tuple(added), tuple(removed), tuple(changed))


def _differing(old: list[str], new: list[str]) -> list[tuple[list[str], list[str]]]:
    if len(old) > _MOST or len(new) > _MOST:
        return [(old, new)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(old[a:b], new[c:d]) for what, a, b, c, d in matcher.get_opcodes() if what != "equal"]


def _without_common_ends(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    first, most = 0, min(len(old), len(new))
    while first < most and old[first] == new[first]:
        first += 1
    last = 0
    while last < most - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return old[first : len(old) - last], new[first : len(new) - last]


def _quoted(sql: str) -> str:
    """On one line, between backticks, and no longer than a reader takes in at once."""
    text = " ".join(sql.replace("`", "'").split())
    return f"`{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}`"
