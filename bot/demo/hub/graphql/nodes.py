"""What GraphQL shows of the hub: pull requests with the conversations on their lines."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.hub.accounts import User
from bot.demo.hub.documents import moment, node_id
from bot.demo.hub.graphql.language import NotGraphql
from bot.demo.hub.links import Links
from bot.demo.hub.records import LineComment, PullRequest, Repository
from bot.demo.hub.refusal import Refusal
from bot.demo.hub.state import State
from bot.demo.hub.tokens import Token, require

Node = Mapping[str, Any]
MOST = 100
REASONS = ("ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM")


class Trouble(Exception):
    """Why a field is null. `kind` is GitHub's word: NOT_FOUND, FORBIDDEN, …"""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    state: State
    links: Links
    token: Token

    def require(self, at: Repository, needs: str) -> None:
        role = "write" if self.token.app else at.role_of(self.token.owner.login)
        try:
            require(self.token, needs, private=at.private, role=role)
        except Refusal as refusal:
            kind = "FORBIDDEN" if refusal.status == 403 else "NOT_FOUND"
            raise Trouble(kind, refusal.body["message"]) from refusal

    def reaches(self, at: Repository) -> bool:
        """Whether a repository is there at all, for this token."""
        known = self.token.app or at.role_of(self.token.owner.login) != "none"
        return not at.private or (known and self.token.reaches(at.full_name))


def queries(caller: Caller) -> Node:
    def repository(*, owner: str, name: str) -> Node:
        at = caller.state.repositories.get(f"{owner}/{name}".lower())
        if at is None or not caller.reaches(at):
            sentence = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise Trouble("NOT_FOUND", sentence)
        return _repository(caller, at)

    viewer = {"__typename": "User", "login": caller.token.owner.login}
    return {"__typename": "Query", "repository": repository, "viewer": viewer}


def _repository(caller: Caller, at: Repository) -> Node:
    def pull_request(*, number: int) -> Node:
        caller.require(at, "pull_requests=read")
        pull = at.pulls.get(number)
        if pull is None:
            sentence = f"Could not resolve to a PullRequest with the number of {number}."
            raise Trouble("NOT_FOUND", sentence)
        return _pull(caller, pull)

    return {
        "__typename": "Repository",
        "id": node_id("R_", at.id),
        "nameWithOwner": at.full_name,
        "pullRequest": pull_request,
    }


def _pull(caller: Caller, pull: PullRequest) -> Node:
    def threads(**page: Any) -> Node:
        firsts = [each for each in pull.line_comments.values() if each.answers is None]
        found = [_thread(caller, pull, each) for each in firsts]
        return _connection("PullRequestReviewThread", "reviewThreads", found, **page)

    return {
        "__typename": "PullRequest",
        "id": node_id("PR_", pull.id),
        "number": pull.number,
        "reviewThreads": threads,
    }


def _thread(caller: Caller, pull: PullRequest, first: LineComment) -> Node:
    def comments(**page: Any) -> Node:
        own = [each for each in pull.line_comments.values() if first.id in (each.id, each.answers)]
        found = [_comment(caller, each) for each in own]
        return _connection("PullRequestReviewComment", "comments", found, **page)

    return {
        "__typename": "PullRequestReviewThread",
        "id": node_id("PRRT_", first.id),
        "path": first.path,
        "line": first.line,
        "startLine": first.start_line,
        "isResolved": first.resolved_by is not None,
        "resolvedBy": None if first.resolved_by is None else _actor(first.resolved_by, "User"),
        "comments": comments,
    }


def _comment(caller: Caller, comment: LineComment) -> Node:
    return {
        "__typename": "PullRequestReviewComment",
        "id": node_id("PRRC_", comment.id),
        "databaseId": comment.id,
        "body": comment.body,
        "path": comment.path,
        "createdAt": moment(comment.review.submitted_at),
        "author": _actor(comment.review.user),
        "viewerDidAuthor": comment.review.user == caller.token.owner,
        "isMinimized": comment.minimized is not None,
        "minimizedReason": comment.minimized,
    }


def _actor(user: User, kind: str | None = None) -> Node | None:
    """GraphQL calls an app's account by the app's own name, and one that was deleted by none."""
    if user.gone:
        return None
    known = kind or ("Bot" if user.bot else "User")
    return {"__typename": known, "login": user.login.removesuffix("[bot]")}


def _connection(
    kind: str, field: str, found: Sequence[Node], *, first: int | None = None, after: Any = None
) -> Node:
    if first is None:
        sentence = "You must provide a `first` or `last` value to properly paginate the"
        raise NotGraphql(f"{sentence} `{field}` connection.")
    if not 1 <= first <= MOST:
        sentence = f"Requesting {first} records on the `{field}` connection exceeds the `first`"
        raise NotGraphql(f"{sentence} limit of {MOST} records.")
    start = 0 if after is None else int(base64.b64decode(after).decode().partition(":")[2])
    shown = found[start : start + first]
    end = base64.b64encode(f"cursor:{start + len(shown)}".encode()).decode() if shown else None
    more = start + len(shown) < len(found)
    page = {"__typename": "PageInfo", "hasNextPage": more, "endCursor": end}
    return {
        "__typename": f"{kind}Connection",
        "totalCount": len(found),
        "nodes": list(shown),
        "pageInfo": page,
    }


def mutations(caller: Caller) -> Node:
    """Resolving wants more than a comment does; GitHub's documents do not say so."""
    resolving = "pull_requests=write,contents=write"
    return {
        "__typename": "Mutation",
        "resolveReviewThread": _resolving(caller, resolving, resolved=True),
        "unresolveReviewThread": _resolving(caller, resolving, resolved=False),
        "minimizeComment": _minimizing(caller),
    }


def _resolving(caller: Caller, needs: str, *, resolved: bool) -> Callable[..., Node]:
    def resolve(*, input: Mapping[str, Any]) -> Node:
        pull, first = _wanted(caller, "PRRT_", input["threadId"], needs)
        first.resolved_by = caller.token.owner if resolved else None
        kind = "ResolveReviewThreadPayload" if resolved else "UnresolveReviewThreadPayload"
        return {"__typename": kind, "thread": _thread(caller, pull, first)}

    return resolve


def _minimizing(caller: Caller) -> Callable[..., Node]:
    def minimize(*, input: Mapping[str, Any]) -> Node:
        _, comment = _wanted(caller, "PRRC_", input["subjectId"], "pull_requests=write")
        if input["classifier"] not in REASONS:
            raise Trouble("UNPROCESSABLE", f"{input['classifier']} is no reason")
        comment.minimized = str(input["classifier"]).lower().replace("_", "-")
        return {
            "__typename": "MinimizeCommentPayload",
            "minimizedComment": _comment(caller, comment),
        }

    return minimize


def _wanted(caller: Caller, kind: str, wanted: str, needs: str) -> tuple[PullRequest, LineComment]:
    for at in caller.state.repositories.values():
        for pull in at.pulls.values() if caller.reaches(at) else ():
            for comment in pull.line_comments.values():
                if node_id(kind, comment.id) == wanted:
                    caller.require(at, needs)
                    return pull, comment
    raise Trouble("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'")
