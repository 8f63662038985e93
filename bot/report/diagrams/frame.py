"""Rows with a name, a bar and what it came to: side by side, or one above the other on a phone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.report.diagrams.svg import MONO, SANS, fitted, rect, say, width_of

MARGIN = 16.0
BAR = 12.0
_NARROW = 640.0
_ROW, _STACKED = 24.0, 38.0
_SAMPLE = 24.0


@dataclass(frozen=True)
class Frame:
    width: float

    @property
    def stacked(self) -> bool:
        return self.width < _NARROW

    @property
    def least(self) -> float:
        """How small it may be drawn, as a share of its size."""
        return 0.9 if self.stacked else 0.75

    @property
    def inside(self) -> float:
        return self.width - 2 * MARGIN

    @property
    def label(self) -> float:
        return 0.0 if self.stacked else min(255.0, self.width * 0.27)

    @property
    def said(self) -> float:
        return 0.0 if self.stacked else min(232.0, self.width * 0.245)

    @property
    def left(self) -> float:
        """Where bars begin."""
        return MARGIN + self.label

    @property
    def track(self) -> float:
        """How long they are at most."""
        return self.inside - self.said - self.label

    @property
    def row(self) -> float:
        return _STACKED if self.stacked else _ROW

    def bar_top(self, top: float) -> float:
        return top + (21.0 if self.stacked else (_ROW - BAR) / 2)

    def trough(self, top: float) -> str:
        return rect(self.left, self.bar_top(top), self.track, BAR, "track", round_=3)

    def words(
        self, label: str, said: str, top: float, *, size: float = 12.0, whole: str = ""
    ) -> Iterator[str]:
        """What a row is about on the left; what it came to on the right, or right above. `whole` is
        what the label stands for, where that is more."""
        style = "mono small" if size < 12 else "mono"
        if self.stacked:
            right = fitted(said, self.inside * 0.66, 11, share=SANS)
            room = self.inside - width_of(right, 11, share=SANS) - 10
            edge = self.width - MARGIN
            yield say(MARGIN, top + 14, fitted(label, room, size), style, whole=whole or label)
            yield say(edge, top + 14, right, "small quiet", anchor="end", whole=said)
            return
        shown = fitted(label, self.label - 14, size, share=MONO)
        yield say(MARGIN, top + 16, shown, style, whole=whole or label)
        right = fitted(said, self.said - 10, 11, share=SANS)
        yield say(self.width - MARGIN - self.said + 10, top + 16, right, "small quiet", whole=said)


def samples(
    entries: Iterable[tuple[str, Iterable[str]]], frame: Frame, top: float
) -> tuple[list[str], float]:
    """A legend: words, each behind a sample drawn at 0/0, 24 wide and 12 high; how tall it is."""
    parts: list[str] = []
    x, y = MARGIN, top
    for words, sample in entries:
        needed = _SAMPLE + 6 + width_of(words, 11, share=SANS) + 16
        if x > MARGIN and x + needed > frame.width:
            x, y = MARGIN, y + 18
        parts.append(f'<g transform="translate({x:g} {y:g})">')
        parts += sample
        parts.append("</g>")
        parts.append(say(x + _SAMPLE + 6, y + 10, words, "small quiet"))
        x += needed
    return parts, y - top + 14
