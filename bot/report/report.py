"""One Report, several faces: everything any of them shows."""

from dataclasses import dataclass

from bot.core.approvals.approval import Approval, StaleApproval
from bot.core.findings.finding import Verdict
from bot.core.findings.review import Review
from bot.core.github.run import Run
from bot.core.github.said import Answered
from bot.core.rollouts.progress import Progress


@dataclass(frozen=True)
class Report:
    """A review, how far each target is with it, and who approved it.

    `targets` are in rollout order. `approvals` are those that count for the reviewed texts, and
    `stale` those that were given for another text. `run` is None at a terminal.
    `merged` says that the pull request was merged. `commands` are the last that were given.
    `rehearsed` is the earlier run that rehearsed the migrations, where this one did not; 0 if none
    is known. `database` is its name where the repository has several.
    """

    review: Review
    targets: tuple[Progress, ...] = ()
    approvals: tuple[Approval, ...] = ()
    stale: tuple[StaleApproval, ...] = ()
    needed: int = 0
    run: Run | None = None
    pull: int | None = None
    merged: bool = False
    commands: tuple[Answered, ...] = ()
    rehearsed: int = 0
    database: str = ""

    @property
    def verdict(self) -> Verdict:
        return self.review.verdict

    @property
    def rehearsed_in(self) -> int:
        """The run in which the rehearsal was: this one, or an earlier one; 0 if there was none."""
        rehearsal = self.review.rehearsal
        if self.run is not None and rehearsal is not None and rehearsal.migrations:
            return self.run.id
        return self.rehearsed
