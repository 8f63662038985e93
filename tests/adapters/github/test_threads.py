"""Conversations on lines, as GraphQL answers. Nothing here reaches a network."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from bot.adapters.github.repository import GitHubRepository, open_repository
from bot.adapters.github.threads import HIDE, RESOLVE, THREADS
from bot.core.github.thread import Thread
from bot.errors import GitHubError
from tests.hub import SECOND, SHOP

API = "http://127.0.0.1:1"
OURS = Thread("T1", "C1", "Ours.", SECOND)
REFUSED = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}


@pytest.fixture
def graphql() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as answers:
        yield answers


@pytest.fixture
def shop(graphql: responses.RequestsMock) -> GitHubRepository:
    return open_repository(SHOP, "token", api_url=API, clean=str)


def answers(graphql: responses.RequestsMock, *bodies: Any, status: int = 200) -> None:
    for body in bodies:
        graphql.add("POST", f"{API}/graphql", json=body, status=status)


def asked(graphql: responses.RequestsMock) -> list[tuple[str, dict[str, Any]]]:
    sent = [each.request.body for each in graphql.calls]
    bodies = [json.loads(each) for each in sent if isinstance(each, bytes | str)]
    return [(body["query"], body["variables"]) for body in bodies]


def comment(id: str, *, ours: bool = True, hidden: bool = False) -> dict[str, Any]:
    body = "Ours." if ours else "Theirs."
    return {"id": id, "body": body, "isMinimized": hidden, "viewerDidAuthor": ours}


def thread(*comments: dict[str, Any], id: str = "T1", total: int | None = None) -> dict[str, Any]:
    many = len(comments) if total is None else total
    listed = {"totalCount": many, "nodes": list(comments)}
    return {"id": id, "path": SECOND, "isResolved": False, "comments": listed}


def page(*threads: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    info = {"hasNextPage": after is not None, "endCursor": after}
    found = {"pageInfo": info, "nodes": list(threads)}
    return {"data": {"repository": {"pullRequest": {"reviewThreads": found}}}}


def test_those_that_others_began_are_not_ours(
    graphql: responses.RequestsMock, shop: GitHubRepository
) -> None:
    answers(graphql, page(thread(comment("C1")), thread(comment("C2", ours=False)), thread()))
    assert shop.own_threads(7) == (OURS,)
    assert asked(graphql) == [
        (THREADS, {"owner": "acme", "name": "shop", "number": 7, "after": None})
    ]


@pytest.mark.parametrize(
    "answered",
    [
        thread(comment("C1"), comment("C2", ours=False)),
        thread(comment("C1"), comment("C2"), total=21),
    ],
    ids=["by a person", "beyond what is shown"],
)
def test_an_answer_of_somebody_is_seen(
    graphql: responses.RequestsMock, shop: GitHubRepository, answered: dict[str, Any]
) -> None:
    answers(graphql, page(answered, {**thread(comment("C9", hidden=True)), "isResolved": True}))
    open_, settled = shop.own_threads(7)
    assert (open_.answered, open_.resolved, open_.hidden) == (True, False, False)
    assert (settled.answered, settled.resolved, settled.hidden) == (False, True, True)


def test_every_page_is_read(graphql: responses.RequestsMock, shop: GitHubRepository) -> None:
    answers(graphql, page(thread(comment("C1")), after="next"), page(thread(comment("C2"), id="2")))
    assert [each.id for each in shop.own_threads(7)] == ["T1", "2"]
    assert [variables["after"] for _, variables in asked(graphql)] == [None, "next"]


def test_a_conversation_is_resolved_where_the_token_may(
    graphql: responses.RequestsMock, shop: GitHubRepository
) -> None:
    answers(graphql, {"data": {"resolveReviewThread": {"thread": {"id": "T1"}}}})
    shop.settle_thread(OURS)
    assert asked(graphql) == [(RESOLVE, {"thread": "T1"})]


def test_it_is_folded_away_where_the_token_may_not_resolve_it(
    graphql: responses.RequestsMock, shop: GitHubRepository
) -> None:
    refused = {"data": {"resolveReviewThread": None}, "errors": [REFUSED]}
    hidden = {"data": {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}}
    answers(graphql, refused, hidden)
    shop.settle_thread(OURS)
    assert asked(graphql) == [(RESOLVE, {"thread": "T1"}), (HIDE, {"comment": "C1"})]


def test_where_neither_is_allowed_the_hint_names_the_permission(
    graphql: responses.RequestsMock, shop: GitHubRepository
) -> None:
    answers(graphql, {"errors": [REFUSED]}, {"errors": [REFUSED]})
    with pytest.raises(GitHubError) as error:
        shop.settle_thread(OURS)
    assert "Resource not accessible" in error.value.message
    assert "pull-requests: write" in error.value.hint


def test_what_graphql_does_not_understand_is_told_as_it_says(
    graphql: responses.RequestsMock, shop: GitHubRepository
) -> None:
    answers(graphql, {"errors": [{"message": "Field 'x' doesn't exist"}, REFUSED]})
    with pytest.raises(GitHubError, match="Field 'x' doesn't exist"):
        shop.own_threads(7)


def test_a_server_without_graphql_is_told(
    graphql: responses.RequestsMock, shop: GitHubRepository
) -> None:
    answers(graphql, {"message": "Not Found"}, status=404)
    with pytest.raises(GitHubError, match="404"):
        shop.own_threads(7)


def test_what_graphql_does_not_show_is_nobodys_of_ours(
    graphql: responses.RequestsMock, shop: GitHubRepository
) -> None:
    """By its schema any of the nodes may be null."""
    hidden, answered = thread(comment("C1")), thread(comment("C2"), id="T2")
    hidden["comments"]["nodes"] = [None, comment("C1")]
    answered["comments"]["nodes"] += [None]
    answers(graphql, page(hidden, answered, None))  # type: ignore[arg-type]
    (found,) = shop.own_threads(1)

    assert (found.id, found.answered) == ("T2", True)
