"""Who approved what: facts about a pull request, and which approvals count for a migration."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.approvals.coauthors import Contributor, login_in
from bot.core.github.pull import GHOST

APPROVED = "APPROVED"


@dataclass(frozen=True)
class Opinion:
    """One submitted review of a pull request, or a comment that says the same.

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
class PassedOver:
    """An approval that does not count. `why` reads after the login."""

    login: str
    why: str


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
class Reviewer:
    """What GitHub knows today of somebody who approved.

    `teams` are those of the teams asked about that they are in, as `organization/slug`. `names` and
    `emails` are what their profile shows.
    """

    login: str
    permission: Permission = Permission.NONE
    teams: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()

    @property
    def may_write(self) -> bool:
        return self.permission >= Permission.WRITE

    def may_be(self, other: Contributor) -> bool:
        """Whether they cannot be told apart from somebody whose account nobody knows. A profile
        that shows nothing tells nobody apart."""
        if not (self.names or self.emails):
            return True
        names = {_plain(self.login), *map(_plain, self.names)}
        emails = {each.lower() for each in self.emails}
        called = {_plain(other.name), _plain(other.email.partition("@")[0])} - {""}
        return bool(called & names) or other.email.lower() in emails


@dataclass(frozen=True)
class PullFacts:
    """What the approval gate must know of the pull request that brought a migration.

    Logins are compared without case. `authors` are everyone who wrote or committed commits of it,
    and the one who opened it; `coauthors` those their messages name, and `pushers` those who pushed
    what it holds. `pusher_known` is False if nobody can say who pushed its head. `unmatched` are
    people its commits name and no account is known for. `bot` is the app that opened it, if one
    did, and `requesters` who asked the app for it. `texts` maps a migration's name to its checksum
    at the head. `owners` are its code owners as CODEOWNERS writes them. `unread` are teams whose
    members cannot be read, each with the reason.
    """

    number: int
    head: str
    authors: frozenset[str]
    opinions: tuple[Opinion, ...]
    texts: Mapping[str, str]
    reviewers: tuple[Reviewer, ...] = ()
    coauthors: frozenset[str] = frozenset()
    pushers: frozenset[str] = frozenset()
    pusher_known: bool = True
    unmatched: tuple[Contributor, ...] = ()
    bot: str = ""
    requesters: frozenset[str] = frozenset()
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Weighed:
    counted: tuple[Approval, ...]
    passed_over: tuple[PassedOver, ...]


def current_opinions(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Each reviewer's latest opinion. A mere comment leaves an earlier opinion standing."""
    latest: dict[str, Opinion] = {}
    for opinion in sorted(opinions, key=lambda each: each.at):
        if opinion.state != "COMMENTED":
            latest[opinion.login.lower()] = opinion
    return tuple(latest.values())


def standing_approvals(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Whose latest opinion is an approval, of whatever commit."""
    return tuple(each for each in current_opinions(opinions) if each.state == APPROVED)


def stale_approvals(pull: PullFacts) -> tuple[Opinion, ...]:
    approved = standing_approvals(pull.opinions)
    return tuple(each for each in approved if each.commit != pull.head)


def weigh(pull: PullFacts, name: str, by: Approvers, *, triggerers: Iterable[str] = ()) -> Weighed:
    """Which approvals count for one migration. `triggerers` started the rollout that asks."""
    counted: list[Approval] = []
    passed: list[PassedOver] = []
    started = {each.lower() for each in triggerers}
    for opinion in standing_approvals(pull.opinions):
        why = next(_objections(opinion, pull, name, by, started), "")
        if why:
            passed.append(PassedOver(opinion.login, why))
        else:
            counted.append(Approval(opinion.login, opinion.commit, opinion.at))
    return Weighed(tuple(counted), tuple(passed))


def owner_teams(owners: Iterable[str]) -> tuple[str, ...]:
    """The teams among code owners, as `organization/slug`."""
    return tuple(each[1:] for each in owners if each.startswith("@") and "/" in each)


def _objections(
    opinion: Opinion, pull: PullFacts, name: str, by: Approvers, started: set[str]
) -> Iterator[str]:
    login = opinion.login.lower()
    if login == GHOST:
        yield "is an account that was deleted"
    if opinion.commit != pull.head:
        earlier = opinion.commit[:7] or "an earlier commit"
        yield f"approved {earlier}, which is not the last commit"
    for people, part in _parts(pull):
        if login in {each.lower() for each in people}:
            yield part
    if login in started:
        yield "started this rollout"
    reviewer = next((each for each in pull.reviewers if each.login.lower() == login), None)
    if reviewer is None or not reviewer.may_write:
        yield "may not write to the repository"
        return
    if other := next((each for each in pull.unmatched if reviewer.may_be(each)), None):
        yield f"may be {other}, whose account nobody knows"
    if not _fits(reviewer, by, pull.owners.get(name, ())):
        yield "is none of those who have to approve"


def _parts(pull: PullFacts) -> Iterator[tuple[frozenset[str], str]]:
    yield pull.authors, "is an author"
    yield pull.coauthors, "is a co-author"
    yield pull.pushers, "pushed commits of it"
    yield pull.requesters, f"asked {pull.bot} for it"


def _fits(reviewer: Reviewer, by: Approvers, owners: Iterable[str]) -> bool:
    login, teams = reviewer.login.lower(), {each.lower() for each in reviewer.teams}
    if by.anybody or (by.permission is not None and reviewer.permission >= by.permission):
        return True
    if login in {each.lower() for each in by.users} or teams & {each.lower() for each in by.teams}:
        return True
    return by.codeowners and any(_is_owner(reviewer, teams, each.lower()) for each in owners)


def _is_owner(reviewer: Reviewer, teams: set[str], owner: str) -> bool:
    if not owner.startswith("@"):
        emails = {each.lower() for each in reviewer.emails}
        return owner in emails or (login_in(owner) or "") == reviewer.login.lower()
    return owner[1:] in ({*teams} if "/" in owner else {reviewer.login.lower()})


def _plain(name: str) -> str:
    """Letters and digits alone: `Ada L.` and `ada-l` are the same."""
    return "".join(each for each in name.casefold() if each.isalnum())
