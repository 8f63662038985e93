"""What the bot can be asked for, by whichever event."""

from dataclasses import dataclass

from bot.core.github.command import Command, Misread


@dataclass(frozen=True)
class CheckRequest:
    """Check the new migrations of a pull request, or of a merge group, against its base.

    `pull` is the pull request's number, None in a merge group. `head` and `base` are commits,
    `base_name` is the branch. `fork` says that the branch lives in another repository, so that
    this run's token can only read; `merged` that it was merged when the event was sent.
    """

    head: str
    base: str
    base_name: str
    pull: int | None = None
    fork: bool = False
    merged: bool = False


@dataclass(frozen=True)
class ApplyRequest:
    """Apply what was merged, at one commit of the default branch."""

    head: str


@dataclass(frozen=True)
class AgainRequest:
    """Somebody pressed the button of a check run, or of all of a commit's: check it again.

    `check` is what to do; None if no pull request of this repository has the commit as its head.
    `name` is the check run's, None for all of them.
    """

    head: str
    name: str | None = None
    check: CheckRequest | None = None


@dataclass(frozen=True)
class ReportRequest:
    """Tell of what a check found that was not allowed to tell it itself.

    `run`, `number` and `attempt` are that check's; `head` is the commit it judged, at the tip of
    `branch` in the repository with the id `repository`, which belongs to `owner`. `fork` is False
    for a check that could speak for itself.
    """

    run: int
    number: int
    attempt: int
    head: str
    branch: str
    owner: str
    repository: int
    fork: bool


@dataclass(frozen=True)
class CommandRequest:
    """Do what a comment on a pull request says, or say why not.

    `head` is the commit of `branch`, the default branch, that the workflow runs for. `body` is what
    the comment said when it was written.
    """

    head: str
    branch: str
    pull: int
    comment: int
    body: str
    said: Command | Misread


@dataclass(frozen=True)
class NothingRequest:
    """An event that the workflow starts for and that asks for nothing; `reason` says why."""

    head: str
    reason: str


Request = (
    CheckRequest | ApplyRequest | AgainRequest | ReportRequest | CommandRequest | NothingRequest
)
