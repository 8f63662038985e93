"""Conversations on lines of a pull request, through GraphQL."""

from typing import Any

import pytest
import requests
from github import GithubException, UnknownObjectException
from github.PullRequestComment import PullRequestComment
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.demo.hub.conftest import Connect
from tests.hub import SECOND, SHOP
from tests.openapi.validator import OpenApiValidator

THREADS = """
query Threads($owner: String!, $name: String!, $number: Int!, $first: Int = 100, $after: String) {
  repository(owner: $owner, name: $name) {  # by its two names
    nameWithOwner
    pullRequest(number: $number) {
      threads: reviewThreads(first: $first, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes {
          id, path, line, startLine, isResolved, resolvedBy { login }
          comments(first: 20) {
            totalCount
            nodes { id databaseId body createdAt author { login } viewerDidAuthor isMinimized }
          }
        }
      }
    }
  }
}
"""
RESOLVE = """
mutation Resolve($thread: ID!) {
  resolveReviewThread(input: {threadId: $thread}) { thread { id isResolved } }
}
"""
HIDE = """
mutation Hide($comment: ID!) {
  minimizeComment(input: {subjectId: $comment, classifier: RESOLVED}) {
    minimizedComment { isMinimized minimizedReason }
  }
}
"""
PLACE = {"owner": "acme", "name": "shop", "number": 1}


@pytest.fixture
def comments(repository: Repository, pull: int) -> list[PullRequestComment]:
    """Two conversations, one after the other."""
    asked = repository.get_pull(pull)
    for body in ("Why?", "How?"):
        asked.create_review(
            event="COMMENT", body="x", comments=[{"path": SECOND, "line": 1, "body": body}]
        )
    return list(asked.get_review_comments())


def ask(repository: Repository, document: str, **variables: Any) -> Any:
    return repository.requester.graphql_query(document, variables)[1]["data"]


def threads(repository: Repository, **more: Any) -> Any:
    return ask(repository, THREADS, **PLACE, **more)["repository"]["pullRequest"]["threads"]


def test_conversations_are_told_with_their_comments(
    repository: Repository, connect: Connect, comments: list[PullRequestComment]
) -> None:
    connect("ada").get_pull(1).create_review_comment_reply(comments[0].id, "Because")
    found = threads(repository)
    first, second = found["nodes"]
    assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (2, False)
    assert (first["path"], first["line"], first["isResolved"]) == (SECOND, 1, False)
    assert [each["body"] for each in first["comments"]["nodes"]] == ["Why?", "Because"]
    assert [each["author"]["login"] for each in first["comments"]["nodes"]] == [
        "github-actions",
        "ada",
    ]
    assert [each["viewerDidAuthor"] for each in first["comments"]["nodes"]] == [True, False]
    assert second["comments"]["nodes"][0]["databaseId"] == comments[1].id


def test_conversations_come_in_pages(
    repository: Repository, comments: list[PullRequestComment]
) -> None:
    page = threads(repository, first=1)
    assert page["pageInfo"]["hasNextPage"]
    rest = threads(repository, first=1, after=page["pageInfo"]["endCursor"])
    assert not rest["pageInfo"]["hasNextPage"]
    assert rest["nodes"][0]["comments"]["nodes"][0]["body"] == "How?"


def test_a_conversation_is_resolved(
    repository: Repository, comments: list[PullRequestComment]
) -> None:
    wanted = threads(repository)["nodes"][0]["id"]
    done = ask(repository, RESOLVE, thread=wanted)
    assert done["resolveReviewThread"]["thread"] == {"id": wanted, "isResolved": True}
    assert [each["isResolved"] for each in threads(repository)["nodes"]] == [True, False]
    assert threads(repository)["nodes"][0]["resolvedBy"]["login"] == "github-actions"
    ask(repository, RESOLVE.replace("resolveReview", "unresolveReview"), thread=wanted)
    assert not threads(repository)["nodes"][0]["isResolved"]


def test_resolving_needs_to_write_contents_and_hiding_does_not(
    connect: Connect, comments: list[PullRequestComment]
) -> None:
    mine = connect(pull_requests="write", contents="read")
    node = threads(mine)["nodes"][0]
    with pytest.raises(GithubException, match="Resource not accessible by integration") as refused:
        ask(mine, RESOLVE, thread=node["id"])
    assert refused.value.data["errors"][0]["type"] == "FORBIDDEN"
    done = ask(mine, HIDE, comment=node["comments"]["nodes"][0]["id"])
    told = {"isMinimized": True, "minimizedReason": "resolved"}
    assert done["minimizeComment"]["minimizedComment"] == told
    assert threads(mine)["nodes"][0]["comments"]["nodes"][0]["isMinimized"]


def test_what_a_token_may_not_see_is_not_there(
    connect: Connect, hub: Hub, comments: list[PullRequestComment]
) -> None:
    with pytest.raises(GithubException, match="not accessible"):
        threads(connect(contents="read"))
    hub.state.user("zoe")
    with pytest.raises(UnknownObjectException, match="Could not resolve to a Repository"):
        threads(connect("zoe", pull_requests="read"))
    with pytest.raises(UnknownObjectException, match="with the number of 9"):
        ask(connect(), THREADS, **{**PLACE, "number": 9})
    with pytest.raises(UnknownObjectException, match="global id of 'nothing'"):
        ask(connect(), RESOLVE, thread="nothing")


@pytest.fixture
def post(hub: Hub, pull: int) -> Any:
    headers = {"authorization": f"token {hub.token(permissions={'pull_requests': 'read'})}"}

    def post(document: str, path: str = "/graphql", **variables: Any) -> Any:
        body: Any = {"query": document, "variables": variables}
        return requests.post(hub.api_url + path, headers=headers, json=body, timeout=5).json()

    return post


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{ repository(", "Expected a name, and found the end"),
        ("{ repository(owner: $who) { id } }", r"Variable $who is used but not declared"),
        ("subscription { x }", "does no subscription"),
        ("{ repository(owner: ;) }", "Unexpected character ';'"),
        ("{ sponsors { login } }", "Field 'sponsors' doesn't exist on type 'Query'"),
        (THREADS.replace("(first: 20)", ""), "You must provide a `first` or `last` value"),
        (THREADS.replace("first: 20", "first: 101"), "Requesting 101 records"),
    ],
)
def test_a_document_that_does_not_fit_is_answered_with_an_error(
    post: Any, hub: Hub, validator: OpenApiValidator, comments: object, document: str, message: str
) -> None:
    answer = post(document, **PLACE)
    assert message in answer["errors"][0]["message"]
    assert "data" not in answer
    validator.forgive()


def test_a_server_of_ones_own_has_its_interface_elsewhere(post: Any) -> None:
    found = post('{ repository(owner: "acme", name: "shop") { nameWithOwner } }', "/api/graphql")
    assert found == {"data": {"repository": {"nameWithOwner": SHOP}}}
