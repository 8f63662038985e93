"""One Report, several faces: everything any of them shows."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.approval import Approval
from bot.core.finding import Verdict
from bot.core.gate import Gate
from bot.core.plan import Plan
from bot.core.progress import Progress
from bot.core.review import Review
from bot.core.target import Kind


@dataclass(frozen=True)
class Run:
    """Where a report was made: the workflow run, and the commit it is about.

    `repository_url` is the repository's page, such as `https://github.com/owner/name`. `number`
    and `attempt` order the reports of one pull request.
    """

    commit: str
    repository_url: str
    url: str
    id: int
    number: int
    attempt: int
    at: datetime


@dataclass(frozen=True)
class Report:
    """A review, how far each target is with it, and who approved it.

    `targets` are in rollout order. `approvals` are those that count for the reviewed texts, and
    `stale` the logins whose approval was given for another text. `run` is None at a terminal.
    `merged` says that the pull request was merged.
    """

    review: Review
    targets: tuple[Progress, ...] = ()
    approvals: tuple[Approval, ...] = ()
    stale: tuple[str, ...] = ()
    needed: int = 0
    run: Run | None = None
    pull: int | None = None
    merged: bool = False

    @property
    def verdict(self) -> Verdict:
        return self.review.verdict


@dataclass(frozen=True)
class TargetStatus:
    """One target in `status`. `plan` is None if the target could not be read; `problem` then says
    why, and `hint` what to do.
    """

    target: str
    kind: Kind
    plan: Plan | None = None
    gates: tuple[Gate, ...] = ()
    problem: str = ""
    hint: str = ""
