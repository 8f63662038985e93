"""Who approved what: facts about reviews, and which of them count for a migration's text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Opinion:
    """One submitted review of a pull request.

    `state` is GitHub's: APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED. `commit` is the head it
    was given for.
    """

    login: str
    state: str
    commit: str
    at: datetime


@dataclass(frozen=True)
class Approval:
    """Somebody's current, counted approval. `commit` is what they saw."""

    login: str
    commit: str
    at: datetime


@dataclass(frozen=True)
class StaleApproval:
    """An approval that does not count any more, because what it was given for was changed.

    `changed` says what has changed since, a line for each statement or file; empty where that is
    not known.
    """

    login: str
    commit: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class PullFacts:
    """What the approval gate must know of the pull request that brought a migration.

    `texts` maps a migration's name to its checksum at the pull request's head; `writers` are the
    reviewers with permission to write to the repository; `authors` are everyone who wrote commits
    of it, as logins, and the one who opened it. Logins are compared without case.
    """

    number: int
    head: str
    authors: frozenset[str]
    opinions: tuple[Opinion, ...]
    writers: frozenset[str]
    texts: dict[str, str]


def current_opinions(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Each reviewer's latest opinion. A mere comment leaves an earlier opinion standing."""
    latest: dict[str, Opinion] = {}
    for opinion in sorted(opinions, key=lambda each: each.at):
        if opinion.state != "COMMENTED":
            latest[opinion.login.lower()] = opinion
    return tuple(latest.values())


def approvals_of(pull: PullFacts, *, approvers: Iterable[str] = ()) -> tuple[Approval, ...]:
    """The approvals that count: of the very head, by a writer or a named approver, not an author.

    `approvers`, if given, are the only logins that count; each must still be able to write.
    """
    authors = {login.lower() for login in pull.authors}
    writers = {login.lower() for login in pull.writers}
    named = {login.lower() for login in approvers}
    return tuple(
        Approval(opinion.login, opinion.commit, opinion.at)
        for opinion in current_opinions(pull.opinions)
        if opinion.state == "APPROVED"
        and opinion.commit == pull.head
        and opinion.login.lower() not in authors
        and opinion.login.lower() in writers
        and (not named or opinion.login.lower() in named)
    )
