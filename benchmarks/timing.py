"""Work and its floor measured in turns, and told as ratios.

A ratio is taken within each round and then the middle one of all rounds: what else the machine
does in the meantime slows both sides of a round, and cancels out. Beside it stands the ratio of the
fastest rounds, which a busy machine disturbs least. Nothing is asserted.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf

Work = Callable[[], float]
# Fewer say nothing of how much they differ.
LEAST = 3

_LOOPS = 9
_LOOP = range(400_000)


@dataclass(frozen=True)
class Sample:
    """The seconds that one piece of work took, round by round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def shown(self) -> str:
        """The median, and in brackets the fastest and the slowest round."""
        return self.shown_in("s")

    def shown_in(self, unit: str) -> str:
        """The same where what was measured is no time."""
        words = _span if unit == "s" else lambda amount: f"{amount:,.0f} {unit}"
        low, high = min(self.seconds), max(self.seconds)
        once = words(self.median)
        return once if low == high else f"{once} ({words(low)} to {words(high)})"

    @property
    def fastest(self) -> float:
        """The round that was disturbed least."""
        return min(self.seconds)

    def over(self, floor: "Sample") -> "Ratio":
        pairs = zip(self.seconds, floor.seconds, strict=True)
        return Ratio(tuple(mine / least for mine, least in pairs))


@dataclass(frozen=True)
class Ratio:
    """How many times its floor a piece of work took, round by round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def shown(self) -> str:
        return f"{self.median:.2f} × ({min(self.values):.2f} to {max(self.values):.2f})"


def in_turns(
    work: Mapping[str, Work],
    *,
    rounds: int,
    seconds: float = inf,
    warm_up: int = 1,
    clock: Work = time.monotonic,
) -> dict[str, Sample]:
    """Do every piece of work once a round, A B A B; each answers with the seconds that count.

    After LEAST rounds none begins that would not end within `seconds`, the warm-up counted too. One
    round alone, which only shows that it can be done, has no warm-up.
    """
    begun = clock()
    for _ in range(warm_up if rounds > 1 else 0):
        for each in work.values():
            each()
    taken: dict[str, list[float]] = {name: [] for name in work}
    first = clock()
    for done in range(rounds):
        now = clock()
        if done >= LEAST and now + (now - first) / done > begun + seconds:
            break
        for name, each in work.items():
            taken[name].append(each())
    return {name: Sample(tuple(found)) for name, found in taken.items()}


def rounds_of(measured: Mapping[str, Sample]) -> str:
    """How many there were, in words."""
    count = len(next(iter(measured.values())).seconds)
    return f"{count} round{'s' if count > 1 else ''}"


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """The seconds since the block began; once it has ended, how long it took."""
    start = time.perf_counter()
    end: float | None = None
    yield lambda: (end or time.perf_counter()) - start
    end = time.perf_counter()


def noise() -> str:
    """How busy the machine is, and how much one and the same computation varies on it."""
    seconds = []
    for _ in range(_LOOPS):
        with stopwatch() as elapsed:
            sum(_LOOP)
        seconds.append(elapsed())
    spread = (max(seconds) - min(seconds)) / min(seconds)
    waiting = os.getloadavg()[0]
    word = "quiet" if spread < 0.1 else "busy" if spread < 0.4 else "noisy"
    return (
        f"A {word} machine: the same computation varies by {spread:.0%} here; load {waiting:.1f} "
        f"on {os.cpu_count()} cores."
    )


def _span(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
