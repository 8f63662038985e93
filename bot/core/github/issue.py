"""An issue that the bot keeps on one subject, and what to do with it when there is news."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.github.marker import database_key


@dataclass(frozen=True)
class Issue:
    """As GitHub has it."""

    number: int
    title: str
    body: str
    open: bool = True


@dataclass(frozen=True)
class IssueMark:
    """What an issue says of itself. `key` is its subject, `digest` what it tells of: "" once that
    is settled. `since` is when it was seen first."""

    key: str
    digest: str
    since: datetime


class Deed(StrEnum):
    NOTHING = "nothing"
    OPEN = "open"
    UPDATE = "update"
    REOPEN = "reopen"
    CLOSE = "close"


@dataclass(frozen=True)
class IssueDecision:
    """`since` is when what is told was seen first."""

    deed: Deed
    since: datetime
    issue: Issue | None = None


def drift_key(repository_url: str, folder: str, target: str) -> str:
    """Tells the issue on one target of one database from any other's."""
    return database_key(repository_url, f"{folder}|drift of {target}")


def decide_issue(
    existing: Sequence[Issue],
    key: str,
    digest: str,
    now: datetime,
    *,
    read: Callable[[str], IssueMark | None],
) -> IssueDecision:
    """Keep the oldest issue of this subject; `digest` is "" if all is well.

    One that somebody has closed stays closed as long as it tells the same. One that was closed
    because all was well is opened again when that is over.
    """
    marked = ((each, read(each.body)) for each in existing)
    mine = [(each, mark) for each, mark in marked if mark is not None and mark.key == key]
    if not mine:
        return IssueDecision(Deed.OPEN if digest else Deed.NOTHING, now)
    issue, mark = min(mine, key=lambda each: each[0].number)
    since = mark.since if mark.digest else now
    if not digest:
        settled = not issue.open and not mark.digest
        return IssueDecision(Deed.NOTHING if settled else Deed.CLOSE, since, issue)
    if mark.digest == digest:
        return IssueDecision(Deed.NOTHING, since, issue)
    return IssueDecision(Deed.UPDATE if issue.open else Deed.REOPEN, since, issue)
