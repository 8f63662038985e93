"""A check run: what GitHub shows beside a commit, and may require before a merge."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.github.run import Run

# What a branch's rules require, where there is one database.
_NAME = "Migrations"

_OURS = "migration-bot"


class Level(StrEnum):
    """How grave an annotation is, in GitHub's words."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


class Conclusion(StrEnum):
    """How a check ended. GitHub lets a merge go on after all but FAILURE and CANCELLED."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Annotation:
    """Text beside lines of a file. `details` is shown as it stands, in letters of one width.

    `start_column` and `end_column` may be given only where it is about one line.
    """

    path: str
    start_line: int
    end_line: int
    level: Level
    title: str
    message: str
    details: str = ""
    start_column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True)
class CheckRun:
    """One that is begun. `id` is what GitHub keeps of ours with it: whose it is, and of which run
    of the workflow."""

    commit: str
    id: str
    name: str = _NAME
    url: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """How it ended. `title` is one line, `summary` Markdown of at most 65,535 characters."""

    conclusion: Conclusion
    title: str
    summary: str
    annotations: tuple[Annotation, ...] = ()


def check_name(database: str = "") -> str:
    """`database` is its name where the repository has several."""
    return f"{_NAME} ({database})" if database else _NAME


def check_run_id(key: str, run: Run) -> str:
    """`key` tells databases apart; the rest tells a run's own from what an earlier one left."""
    return f"{_OURS}/{key}/{run.id}/{run.attempt}"


def same_check(one: str, other: str) -> bool:
    """Whether two ids are of the same database, whatever runs they are of."""
    left, right = one.split("/"), other.split("/")
    return left[:1] == [_OURS] and len(left) > 1 and left[:2] == right[:2]
