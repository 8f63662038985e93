"""Work and its floor measured in turns, and printed as ratios.

A ratio is taken within each round and then the middle one of all rounds: what else the machine
does in the meantime slows both sides of a round, and cancels out. Beside it stands the ratio of the
fastest rounds, which a busy machine disturbs least. Nothing is asserted.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

Work = Callable[[], float]

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
        low, high = min(self.seconds), max(self.seconds)
        return f"{_span(self.median)} ({_span(low)} to {_span(high)})"

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


@dataclass(frozen=True)
class Line:
    """One row of the printed table; `floor` is None for a floor itself."""

    name: str
    sample: Sample
    floor: Sample | None = None
    goal: str = ""


def in_turns(work: Mapping[str, Work], *, rounds: int, warm_up: int = 1) -> dict[str, Sample]:
    """Do every piece of work once a round, A B A B; each answers with the seconds that count."""
    for _ in range(warm_up):
        for each in work.values():
            each()
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, each in work.items():
            taken[name].append(each())
    return {name: Sample(tuple(seconds)) for name, seconds in taken.items()}


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """The seconds since the block began; once it has ended, how long it took."""
    start = time.perf_counter()
    end: float | None = None
    yield lambda: (end or time.perf_counter()) - start
    end = time.perf_counter()


def show(title: str, lines: Sequence[Line]) -> None:
    """Print the lines as a table, and under it how far they can be trusted."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("work")
    for name in ("time", "× its floor", "fastest", "goal"):
        table.add_column(name, justify="right")
    for line in lines:
        ratio, fastest = _ratios(line)
        table.add_row(line.name, line.sample.shown, ratio, fastest, line.goal)
    console = Console(width=None if _watched() else 120)
    console.print(table)
    console.print(f"{noise()}\n", style="dim", highlight=False)


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


def _ratios(line: Line) -> tuple[str, str]:
    if line.floor is None:
        return "the floor", ""
    return line.sample.over(line.floor).shown, f"{line.sample.fastest / line.floor.fastest:.2f} ×"


def _watched() -> bool:
    return os.isatty(1)


def _span(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
