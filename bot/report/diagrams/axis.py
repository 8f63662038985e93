"""A time axis: where a moment is drawn, and where its ticks are."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, log10

from bot.report.diagrams.svg import number, path, say
from bot.report.rehearsals.words import ms_words

# What is shorter is drawn as long as that, so that it can be seen.
LEAST_WIDTH = 3.0
# Steps that are read easily, in milliseconds: beyond seconds they are those of a clock.
_CLOCK = (
    *(60e3, 120e3, 300e3, 600e3, 1800e3),
    *(3600e3, 7200e3, 14400e3, 28800e3, 86400e3),
)


@dataclass(frozen=True)
class Axis:
    """From `low` to `high` milliseconds across `width` from `left`. With `log` each tick is ten
    times the one before, and `low` must be above zero."""

    left: float
    width: float
    high: float
    low: float = 0.0
    log: bool = False

    @property
    def right(self) -> float:
        return self.left + self.width

    def x(self, milliseconds: float) -> float:
        if self.high <= self.low:
            return self.left
        if self.log:
            known = max(milliseconds, self.low)
            share = log10(known / self.low) / log10(self.high / self.low)
        else:
            share = (milliseconds - self.low) / (self.high - self.low)
        return self.left + min(max(share, 0.0), 1.0) * self.width

    def span(self, start: float, end: float) -> tuple[float, float]:
        """Left edge and width; what is too short to be seen is drawn all the same, inside."""
        left, right = self.x(start), self.x(end)
        width = max(right - left, LEAST_WIDTH)
        return min(left, self.right - width), width

    def shortened(self, start: float, end: float) -> bool:
        """Whether it is drawn wider than it is."""
        return self.x(end) - self.x(start) < LEAST_WIDTH

    @property
    def ticks(self) -> tuple[float, ...]:
        return tuple(self._powers() if self.log else self._steps())

    @property
    def step(self) -> float:
        """From one tick to the next, where they are even."""
        most = max(2, int(self.width // 110))
        wanted = (self.high - self.low) / most
        if wanted <= 0:
            return 0.0
        if wanted > 30e3:
            return next((each for each in _CLOCK if each >= wanted), 86400e3 * 7)
        zeros = 10.0 ** floor(log10(wanted))
        return next(each * zeros for each in (1, 2, 5, 10) if each * zeros >= wanted * 0.999)

    def _steps(self) -> Iterator[float]:
        step = self.step
        if step:
            for place in range(int((self.high - self.low) / step + 1e-9) + 1):
                yield self.low + place * step

    def _powers(self) -> Iterator[float]:
        value = 10.0 ** floor(log10(self.low) + 1e-9)
        while value <= self.high * 1.0001:
            if value >= self.low * 0.9999:
                yield value
            value *= 10

    def drawn(self, top: float, bottom: float) -> Iterator[str]:
        """A line for each tick from `top` to `bottom`, and above it what it stands for."""
        end = 0.0
        for each in self.ticks:
            x = self.x(each)
            yield path(f"M{number(x)} {number(top)}V{number(bottom)}", "rule")
            words = tick_words(each)
            half = 3.1 * len(words)
            anchor = "start" if x - half < self.left else "end" if x + half > self.right else ""
            left = x if anchor == "start" else x - 2 * half if anchor == "end" else x - half
            if left >= end:
                yield say(x, top - 5, words, "small quiet", anchor=anchor or "middle")
                end = left + 2 * half + 8


def tick_words(milliseconds: float) -> str:
    if not milliseconds:
        return "0"
    if milliseconds < 1:
        return f"{milliseconds:.3g} ms"
    for size, unit in ((3600e3, "h"), (60e3, "min"), (1e3, "s")):
        if milliseconds >= size and not round(milliseconds / size * 10) % 5:
            return f"{milliseconds / size:g} {unit}"
    return f"{milliseconds:g} ms" if milliseconds < 1000 else ms_words(milliseconds)
