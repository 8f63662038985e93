"""Who had a hand in a pull request: its commits, their trailers, pushes, and who asked for it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from github import GithubException
from github.Commit import Commit
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.adapters.github.accounts import login_of
from bot.adapters.github.client import explained
from bot.core.approvals.coauthors import Contributor, coauthors_in, login_in
from bot.core.github.pull import GHOST
from bot.errors import GitHubError

# GitHub lists no more of a pull request's commits than this (REST: "List commits on a pull
# request"); the comparison of its ends lists all.
_LISTED = 250
# Pushes before the last three thousand are not looked at: the last one is what counts.
_MOST_PAGES = 30
_SOMEBODY = Contributor(GHOST, "")
_NEXT = re.compile(r'<[^>]*?(/repos[^>]*)>;\s*rel="next"')


@dataclass(frozen=True)
class Contributors:
    """As PullFacts describes them."""

    authors: frozenset[str]
    coauthors: frozenset[str] = frozenset()
    unmatched: tuple[Contributor, ...] = ()
    pushers: frozenset[str] = frozenset()
    pusher_known: bool = False
    bot: str = ""
    requesters: frozenset[str] = frozenset()


@dataclass
class _Found:
    """What was gathered so far. `accounts` are logins by the addresses they committed with."""

    logins: set[str] = field(default_factory=set)
    coauthors: set[str] = field(default_factory=set)
    strangers: dict[Contributor, None] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)


def contributors_of(pull: PullRequest, base: Repository) -> Contributors:
    """Everybody GitHub connects with what the head of a pull request holds."""
    number = pull.number
    with explained(f"read the commits of #{number}", needs="pull-requests: read"):
        commits = list(_commits(pull, base))
    opener = login_of(pull.user)
    people = _people(opener, commits, base)
    pushers = _pushers(pull, {each.sha for each in commits})
    people = replace(
        people,
        pushers=frozenset(login for login, _ in pushers),
        pusher_known=any(sha == pull.head.sha for _, sha in pushers),
    )
    return _of_app(opener, people, pull) if opener and pull.user.type == "Bot" else people


def _of_app(app: str, people: Contributors, pull: PullRequest) -> Contributors:
    asked = _requesters(pull)
    nameless = (_SOMEBODY,) if None in asked and _SOMEBODY not in people.unmatched else ()
    requesters = frozenset(each for each in asked if each not in (None, app))
    return replace(people, bot=app, requesters=requesters, unmatched=(*people.unmatched, *nameless))


def _commits(pull: PullRequest, base: Repository) -> Iterable[Commit]:
    if pull.commits < _LISTED:
        listed = list(pull.get_commits())
        if len(listed) >= pull.commits:
            return listed
    compared = base.compare(pull.base.sha, pull.head.sha)
    listed = list(compared.commits)
    if len(listed) < compared.total_commits:
        raise GitHubError(
            f"GitHub lists {len(listed):,} of the {compared.total_commits:,} commits of "
            f"#{pull.number}, so it is not known who had a hand in the others.",
            hint="Bring the migrations by a pull request with fewer commits.",
        )
    return listed


def _people(opener: str | None, commits: Iterable[Commit], base: Repository) -> Contributors:
    found = _Found(logins={opener} if opener else set())
    if not opener:
        found.strangers[_SOMEBODY] = None
    for commit in commits:
        _take_signatures(commit, found)
        for each in coauthors_in(commit.commit.message):
            found.strangers[each] = None
    authors = set(found.logins)
    unmatched = [each for each in found.strangers if not _match(each, found, base)]
    # Whoever an address of a commit leads to wrote it, or is named by it: neither may approve.
    return Contributors(
        authors=frozenset(authors),
        coauthors=frozenset(found.coauthors - authors),
        unmatched=tuple(unmatched),
    )


def _take_signatures(commit: Commit, found: _Found) -> None:
    signed = commit.commit
    for account, signature in (
        (commit.author, signed.author),
        (commit.committer, signed.committer),
    ):
        if signature is None:
            found.strangers[_SOMEBODY] = None
            continue
        name, email = signature.name or "", signature.email or ""
        if login := login_of(account):
            found.logins.add(login)
            found.accounts[email.lower()] = login
        elif login := login_in(email):
            found.logins.add(login)
        elif not email.lower().startswith("noreply@"):
            # GitHub itself signs so what is done on its pages.
            found.strangers[Contributor(name, email)] = None


def _match(person: Contributor, found: _Found, base: Repository) -> bool:
    """Take the person for the account that the address leads to, if it leads to any."""
    email = person.email.lower()
    if not email:
        return False
    login = login_in(email) or found.accounts.get(email) or _committed_as(email, base)
    if login:
        found.coauthors.add(login)
    return login is not None


def _committed_as(email: str, base: Repository) -> str | None:
    """The account that GitHub connects with an address by which somebody committed here before."""
    with explained(f"look for commits by {email}", needs="contents: read"):
        newest = next(iter(base.get_commits(author=email)), None)
    if newest is None:
        return None
    for account, signature in (
        (newest.author, newest.commit.author),
        (newest.committer, newest.commit.committer),
    ):
        if signature is not None and (signature.email or "").lower() == email:
            return login_of(account)
    return None


def _pushers(pull: PullRequest, commits: set[str]) -> set[tuple[str, str]]:
    """Who pushed which of the commits, by the repository's own record: an author is whoever the
    commit says, a pusher was known to GitHub. Nobody where the record cannot be read."""
    source = pull.head.repo
    if source is None:
        return set()
    path = f"/repos/{source.full_name}/activity"
    with explained(f"read who pushed to #{pull.number}", needs="contents: read"):
        try:
            return {
                (login, each["after"])
                for each in _activities(pull, path)
                if each["after"] in commits and (login := _actor_of(each))
            }
        except GithubException as error:
            if _unreadable(error, fork=source.id != pull.base.repo.id):
                return set()
            raise


def _actor_of(activity: Mapping[str, Any]) -> str | None:
    login = (activity["actor"] or {}).get("login")
    return None if login == GHOST else login


def _unreadable(error: GithubException, *, fork: bool) -> bool:
    """Whether the record is out of reach for good: a GitHub that keeps none, or a fork that this
    token has no say in. In the repository itself a refusal is mended by a permission."""
    limited = "rate limit" in str(error).lower()
    return error.status in (404, 409) or (fork and error.status == 403 and not limited)


def _activities(pull: PullRequest, path: str) -> Iterator[dict[str, Any]]:
    parameters = {"ref": f"refs/heads/{pull.head.ref}", "per_page": "100"}
    address: str | None = path
    for _ in range(_MOST_PAGES):
        headers, listed = pull.requester.requestJsonAndCheck(
            "GET", address or path, parameters=parameters
        )
        yield from listed
        following = _NEXT.search(headers.get("link", ""))
        if following is None:
            return
        address, parameters = following[1], {}


def _requesters(pull: PullRequest) -> set[str | None]:
    """To whom an app's pull request was ever assigned, and by whom: GitHub has no other word for
    who asked for it. None is among them if one of them is gone."""
    people = {login_of(each) for each in pull.assignees}
    with explained(f"read who #{pull.number} was assigned to", needs="pull-requests: read"):
        for event in pull.as_issue().get_events():
            if event.event == "assigned":
                people |= {login_of(event.assignee), login_of(event.actor)}
    return people
