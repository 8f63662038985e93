"""What a session is doing, as the server sees it, and what it has done."""

from collections.abc import Callable
from dataclasses import dataclass

# Told of each statement that is done: its place, its seconds, and how many rows it changed.
Heard = Callable[[int, float, int], None]


@dataclass(frozen=True)
class Doing:
    """`wait` is what it waits for in the server's words, "" if it works. `blockers` are the
    sessions it waits for. `phase` is what it is at, where the server tells that of such a
    statement, and `percent` how far it is with it."""

    wait: str = ""
    blockers: tuple[str, ...] = ()
    phase: str = ""
    percent: float | None = None

    @property
    def words(self) -> str:
        """One clause; "" if there is nothing to add to that it runs."""
        said = []
        if self.phase:
            said.append(
                self.phase if self.percent is None else f"{self.phase}, {self.percent:.0f}%"
            )
        if self.blockers:
            said.append(f"waiting for {'; '.join(self.blockers)}")
        elif self.wait:
            said.append(f"waiting ({self.wait})")
        return "; ".join(said)
