"""Conversations on lines of a pull request. Only GraphQL knows which of them are resolved."""

from collections.abc import Iterator, Mapping
from typing import Any

from github import Github, GithubException

from bot.adapters.github.client import explained
from bot.adapters.github.trouble import limit_in
from bot.core.github.thread import Thread

# An answer beyond these is somebody's all the same: `totalCount` tells of it.
THREADS = """
query Threads($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id
          path
          isResolved
          comments(first: 20) {
            totalCount
            nodes { id body isMinimized viewerDidAuthor }
          }
        }
      }
    }
  }
}
"""

# Refused without `contents: write`, though no document of GitHub's says so.
RESOLVE = """
mutation Resolve($thread: ID!) {
  resolveReviewThread(input: {threadId: $thread}) {
    thread { id isResolved }
  }
}
"""

HIDE = """
mutation Hide($comment: ID!) {
  minimizeComment(input: {subjectId: $comment, classifier: RESOLVED}) {
    minimizedComment { isMinimized }
  }
}
"""

_FORBIDDEN = ("FORBIDDEN", "INSUFFICIENT_SCOPES")


class Threads:
    """The conversations that this token's account began."""

    def __init__(self, client: Github, name: str) -> None:
        self._client = client
        self._name = name

    def own_threads(self, pull: int) -> tuple[Thread, ...]:
        with explained(f"read the conversations of #{pull}", needs="pull-requests: read"):
            return tuple(
                thread for each in self._nodes(pull) if (thread := _thread(each)) is not None
            )

    def settle_thread(self, thread: Thread) -> None:
        with explained("settle a suggestion", needs="pull-requests: write"):
            try:
                self._ask(RESOLVE, thread=thread.id)
            except GithubException as error:
                if error.status != 403:
                    raise
                self._ask(HIDE, comment=thread.comment)

    def _nodes(self, pull: int) -> Iterator[Mapping[str, Any]]:
        owner, _, name = self._name.partition("/")
        after: str | None = None
        while True:
            answer = self._ask(THREADS, owner=owner, name=name, number=pull, after=after)
            page = answer["repository"]["pullRequest"]["reviewThreads"]
            yield from filter(None, page["nodes"] or ())
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _ask(self, document: str, **variables: Any) -> Mapping[str, Any]:
        """GraphQL refuses with 200, and says in the answer why."""
        try:
            headers, answer = self._client.requester.graphql_query(document, variables)
        except GithubException as error:
            raise _as_status(error) from error
        data = answer.get("data")
        if not isinstance(data, Mapping):
            raise _as_status(GithubException(400, answer, headers))
        return data


def _thread(node: Mapping[str, Any]) -> Thread | None:
    """None for what somebody else began."""
    comments = node["comments"]
    shown = comments["nodes"] or [None]
    first = shown[0]
    if first is None or not first["viewerDidAuthor"]:
        return None
    alone = all(each is not None and each["viewerDidAuthor"] for each in shown)
    return Thread(
        id=node["id"],
        comment=first["id"],
        body=first["body"] or "",
        path=node["path"],
        resolved=node["isResolved"],
        answered=not alone or comments["totalCount"] > len(shown),
        hidden=first["isMinimized"],
    )


def _as_status(error: GithubException) -> GithubException:
    """The refusal as the REST interface would have put it, with the first reason it gives."""
    data = error.data
    if limit := limit_in(data):
        return GithubException(429, {"message": limit}, error.headers)
    told = data.get("errors") if isinstance(data, Mapping) else None
    if not isinstance(told, list) or not told or not isinstance(told[0], Mapping):
        return error
    status = 403 if told[0].get("type") in _FORBIDDEN else error.status
    return GithubException(status, {"message": str(told[0].get("message", ""))}, error.headers)
