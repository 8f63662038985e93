"""Limits as GraphQL tells of them: with 200 or 403, waited for out of the same time as others."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.github.client import connect
from bot.adapters.github.patience import Patience
from bot.adapters.github.repository import GitHubRepository
from bot.core.github.pull import LineComment
from bot.demo.hub import Hub
from bot.demo.hub.faults import SECONDARY_LIMIT
from bot.errors import GitHubError
from tests.hub import SECOND, SHOP

PERMISSIONS = {"pull_requests": "write", "contents": "write"}
USED_UP = {"message": "API rate limit already exceeded for user ID 1."}
PRIMARY = {"errors": [{"type": "RATE_LIMITED", **USED_UP}]}
NEWER = {"errors": [{"type": "RATE_LIMIT", "code": "graphql_rate_limit", **USED_UP}]}
BESIDE_DATA = PRIMARY | {"data": None}
SECONDARY = {"message": SECONDARY_LIMIT, "documentation_url": "https://docs.github.com"}


class Waits:
    """The hub's GitHub with a patience that is written down instead of spent."""

    def __init__(self, hub: Hub, budget: float = 120) -> None:
        self.seconds: list[float] = []
        self.said: list[str] = []
        patience = Patience(budget=budget, pace=0, say=self.said.append, sleep=self.seconds.append)
        token = hub.token(permissions=PERMISSIONS)
        client = connect(token, api_url=hub.api_url, patience=patience)
        self.shop = GitHubRepository(client, SHOP, clean=str)


def refuse(hub: Hub, body: object, status: int = 200, times: int = 1, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    hub.fail_next("POST", "/graphql", status=status, body=body, headers=named, times=times)


@pytest.mark.parametrize("status", [200, 403, 429])
@pytest.mark.parametrize("body", [PRIMARY, NEWER, BESIDE_DATA, SECONDARY])
def test_a_limit_is_waited_for_whatever_it_comes_with(
    hub: Hub, number: int, body: Mapping[str, Any], status: int
) -> None:
    github = Waits(hub)
    refuse(hub, body, status, retry_after="7")

    assert github.shop.own_threads(number) == ()
    assert github.seconds == [7]
    assert github.said == ["waiting 7 s for GitHub: its rate limit is used up"]


@pytest.mark.parametrize("body", [PRIMARY, NEWER, BESIDE_DATA, SECONDARY])
def test_one_that_names_no_time_is_waited_a_minute_for(
    hub: Hub, number: int, body: Mapping[str, Any]
) -> None:
    github = Waits(hub)
    refuse(hub, body, x_ratelimit_remaining="12")

    assert github.shop.own_threads(number) == ()
    assert github.seconds == [60]


def test_one_that_says_when_it_opens_is_waited_for_until_then(hub: Hub, number: int) -> None:
    github = Waits(hub, budget=9_000)
    opens = datetime.now(UTC) + timedelta(hours=2)
    reset = str(int(opens.timestamp()))
    refuse(hub, PRIMARY, x_ratelimit_remaining="0", x_ratelimit_reset=reset)

    assert github.shop.own_threads(number) == ()
    assert 3_600 < github.seconds[0] <= 7_201


@pytest.mark.parametrize("body", [PRIMARY, SECONDARY])
def test_both_ways_of_asking_wait_out_of_one_time(
    hub: Hub, number: int, body: Mapping[str, Any]
) -> None:
    github = Waits(hub, budget=100)
    hub.limit_next("GET", "/comments$", retry_after=60)
    refuse(hub, body, times=9)
    github.shop.own_comments(number)

    with pytest.raises(GitHubError, match=r"read the conversations of #1 \(429: .* limit") as error:
        github.shop.own_threads(number)
    assert github.seconds == [60]
    assert error.value.hint.startswith("The limit opens again at ")


def test_what_is_settled_is_not_folded_away_because_of_a_limit(hub: Hub, number: int) -> None:
    """Folding is for a token that may not resolve."""
    github = Waits(hub, budget=10)
    shop, pull = github.shop, hub.repository(SHOP).pulls[number]
    one = [LineComment(SECOND, 1, 1, "One.")]
    shop.comment_lines(number, pull.head_sha, one, introduction="Read this.")
    (thread,) = shop.own_threads(number)
    (said,) = pull.line_comments.values()
    refuse(hub, SECONDARY, 403)

    with pytest.raises(GitHubError, match="429"):
        shop.settle_thread(thread)
    assert (said.resolved_by, said.minimized) == (None, None)


def test_a_limit_that_a_comment_speaks_of_is_none(hub: Hub, number: int) -> None:
    github = Waits(hub)
    hub.comment(SHOP, number, author="github-actions[bot]", body="rate limit")

    assert [each.body for each in github.shop.own_comments(number)] == ["rate limit"]
    assert github.seconds == []


def test_an_answer_without_data_is_refused_with_what_it_says(hub: Hub, number: int) -> None:
    refuse(hub, {"message": "Something went wrong."})

    with pytest.raises(GitHubError, match="Something went wrong"):
        Waits(hub).shop.own_threads(number)
