"""Every list is read to its end: GitHub gives a hundred of anything, and says where the rest is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.adapters.github.client import connect
from bot.adapters.github.patience import Patience
from bot.adapters.github.repository import GitHubRepository
from tests.scripted import answer, scripted

AT = "2026-11-02T09:00:00Z"
BOT = {"login": "bot", "url": "/users/bot"}
FOUND = {
    "url": "/repos/acme/shop/pulls/1",
    "number": 1,
    "head": {"sha": "h", "repo": None},
    "base": {"ref": "main", "sha": "b"},
    "user": BOT,
    "merged": True,
}


def comment(number: int) -> dict[str, Any]:
    return {"id": number, "body": "x", "user": BOT}


def deployment(number: int) -> dict[str, Any]:
    return {"id": number, "sha": "h", "url": f"/d/{number}", "created_at": AT, "payload": {}}


def two_pages(make: Callable[[int], dict[str, Any]], path: str) -> list[bytes]:
    first, second = [make(each) for each in range(100)], [make(each) for each in range(100, 130)]
    link = f'<{path}?page=2>; rel="next"'
    return [answer(200, json.dumps(first), link=link), answer(200, json.dumps(second))]


def shop_at(url: str) -> GitHubRepository:
    client = connect("token", api_url=url, patience=Patience(pace=0))
    return GitHubRepository(client, "acme/shop", clean=str, login="bot")


COMMENTS = two_pages(comment, "/repos/acme/shop/issues/1/comments")
LINES = two_pages(comment, "/repos/acme/shop/pulls/1/comments")
DEPLOYMENTS = two_pages(deployment, "/repos/acme/shop/deployments")
NONE = answer(200, "[]")


@pytest.mark.parametrize(
    ("answers", "ask"),
    [
        (COMMENTS, lambda shop: shop.own_comments(1)),
        (LINES, lambda shop: shop.own_line_comments(1)),
    ],
    ids=["comments", "comments on lines"],
)
def test_a_list_of_more_than_a_page_is_read_whole(
    answers: list[bytes], ask: Callable[[GitHubRepository], list[Any]]
) -> None:
    with scripted(*answers) as script:
        assert len(list(ask(shop_at(script.url)))) == 130


def test_deployments_go_on_behind_the_first_page() -> None:
    answers = [DEPLOYMENTS[0], *[NONE] * 100, DEPLOYMENTS[1], *[NONE] * 30]
    with scripted(*answers) as script:
        assert len(list(shop_at(script.url).deployments("staging"))) == 130


def test_the_files_of_a_pull_request_are_all_known() -> None:
    files = two_pages(
        lambda number: {"filename": f"{number}.sql", "status": "added"},
        "/repos/acme/shop/pulls/1/files",
    )
    with scripted(*files, answer(200, json.dumps(FOUND | {"changed_files": 130}))) as script:
        assert len(shop_at(script.url).pull(1).files) == 130
