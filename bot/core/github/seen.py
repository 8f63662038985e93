"""Which commit of a pull request somebody had before them, by GitHub's clock and no author's."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Head:
    """The last commit of a pull request. `runs` are when GitHub made workflow runs for it as the
    head of that very branch; `forced` when the branch was made to point elsewhere by force.
    `open` is False for a pull request that was closed or merged."""

    commit: str
    open: bool
    merged: bool
    runs: tuple[datetime, ...] = ()
    forced: tuple[datetime, ...] = ()

    def seen_at(self, moment: datetime) -> bool:
        """Whether it was the head at that moment already.

        A run made before it is a witness that the commit was the head then. Between the two the
        branch can only have left it and come back by force: what was pushed on top of it would
        still be there.
        """
        return any(
            run < moment and not any(forced >= run for forced in self.forced) for run in self.runs
        )
