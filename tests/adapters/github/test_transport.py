import json
from collections.abc import Callable

import pytest
import requests
import responses

from bot.adapters.github.client import connect
from bot.adapters.github.patience import Patience
from bot.adapters.github.repository import GitHubRepository
from bot.errors import GitHubError
from tests.scripted import Scripted, answer, scripted

COMMENT = {"id": 5, "body": "h", "user": {"login": "bot", "url": "/users/bot"}}
LIST = json.dumps([COMMENT])
NONE = answer(200, "[]")
DOWN = answer(502, "<html>Unicorn</html>", content_type="text/html")
LOST = b""


def shop_at(url: str, say: Callable[[str], None] = print) -> GitHubRepository:
    patience = Patience(pace=0, budget=5, say=say, sleep=lambda seconds: None)
    client = connect("token", api_url=url, patience=patience)
    return GitHubRepository(client, "acme/shop", clean=str, login="bot")


def head(script: Scripted) -> str:
    return shop_at(script.url).own_comments(1)[0].body


@pytest.mark.parametrize(
    "trouble",
    [
        DOWN,
        LOST,
        answer(200, LIST[:40]),
        answer(200, LIST, cut=10),
        answer(200, "<html>Please sign in</html>", content_type="text/html"),
        answer(429, '{"message": "slow down"}', retry_after="2"),
    ],
    ids=["502", "cut off", "truncated JSON", "short", "a page", "limit"],
)
def test_trouble_that_passes_is_not_noticed(trouble: bytes) -> None:
    with scripted(trouble, trouble, answer(200, LIST)) as script:
        assert head(script) == "h"


def test_trouble_that_stays_is_told_with_what_was_asked_for() -> None:
    with (
        scripted(*[DOWN] * 9) as script,
        pytest.raises(GitHubError, match="read the comments of #1") as error,
    ):
        head(script)
    assert len(script.heard) == 5
    assert "run this again later" in error.value.hint


@pytest.mark.parametrize("trouble", [answer(200, LIST[:40]), LOST, answer(200, "<html>")])
def test_an_answer_that_stays_unreadable_is_an_error_with_advice(trouble: bytes) -> None:
    with scripted(*[trouble] * 9) as script, pytest.raises(GitHubError, match="not be reached"):
        head(script)


def test_a_wait_is_told_on_the_console_and_what_comes_after_it_works() -> None:
    said: list[str] = []
    limit = answer(403, '{"message": "You have exceeded a secondary rate limit"}', retry_after="4")
    with scripted(limit, answer(200, LIST)) as script:
        shop_at(script.url, said.append).own_comments(1)
    assert said == ["waiting 4 s for GitHub: its rate limit is used up"]


def test_a_limit_that_opens_too_late_is_told_with_the_time_it_opens() -> None:
    limit = answer(
        403,
        '{"message": "API rate limit exceeded for installation ID 1."}',
        date="Sun, 22 Nov 2026 12:00:00 GMT",
        x_ratelimit_remaining="0",
        x_ratelimit_reset="1795350600",
    )
    with scripted(limit) as script, pytest.raises(GitHubError, match="rate limit") as error:
        head(script)
    assert "2026-11-22 12:30:01 UTC" in error.value.hint


def test_a_post_refused_by_a_limit_is_made_again_and_one_without_an_answer_is_not() -> None:
    made = answer(201, '{"id": 5, "body": "hello"}')
    limit = answer(403, '{"message": "You have exceeded a secondary rate limit"}', retry_after="0")
    with scripted(limit, made) as script:
        shop_at(script.url).create_comment(1, "hello", mine=lambda body: True)
    assert len(script.heard) == 2
    with scripted(LOST, NONE) as script, pytest.raises(GitHubError, match="comment on #1"):
        shop_at(script.url).create_comment(1, "hello", mine=lambda body: True)
    assert [each.split()[0] for each in script.heard] == ["POST", "GET"]


def test_a_renamed_repository_is_followed_and_the_question_stays_whole() -> None:
    """The filters of a list are in its query: without them another target's deployments come."""
    moved = answer(301, '{"message": "Moved"}', location="/repositories/7/deployments")
    with scripted(moved, NONE) as script:
        assert list(shop_at(script.url).deployments("staging")) == []
    path, _, query = script.heard[1].removeprefix("GET ").partition("?")
    assert path == "/repositories/7/deployments"
    assert "environment=staging" in query
    assert "task=migrate" in query


def test_a_redirect_of_a_write_is_followed_as_a_write() -> None:
    moved = answer(307, "{}", location="/repositories/7/issues/1/comments")
    with scripted(moved, answer(201, '{"id": 5}')) as script:
        shop_at(script.url).create_comment(1, "hello", mine=lambda body: True)
    assert script.heard[1] == "POST /repositories/7/issues/1/comments"


def test_another_host_is_never_told_the_token() -> None:
    moved = answer(301, "{}", location="http://elsewhere.example/repos/acme/shop/pulls/1")
    with scripted(moved) as script, pytest.raises(GitHubError, match="elsewhere") as error:
        head(script)
    assert "GITHUB_API_URL" in error.value.hint


def test_a_redirect_in_a_circle_ends() -> None:
    moved = answer(301, "{}", location="/repos/acme/shop/issues/1/comments")
    with scripted(*[moved] * 9) as script, pytest.raises(GitHubError, match="in a circle"):
        head(script)


def test_what_was_just_made_and_is_not_found_yet_is_asked_for_again() -> None:
    made = answer(201, '{"id": 5, "url": "/repos/acme/shop/issues/comments/5"}')
    missing = answer(404, '{"message": "Not Found"}')
    with scripted(made, missing, missing, answer(200, '{"id": 5}')) as script:
        shop = shop_at(script.url)
        shop.create_comment(1, "hello", mine=lambda body: True)
        shop.edit_comment(1, 5, "bye")
    assert [each.split()[0] for each in script.heard] == ["POST", "PATCH", "PATCH", "PATCH"]


def test_a_comment_that_is_not_listed_yet_is_known_by_its_number() -> None:
    made = answer(201, '{"id": 5, "url": "/repos/acme/shop/issues/comments/5"}')
    with scripted(made, NONE) as script:
        shop = shop_at(script.url)
        shop.create_comment(1, "hello", mine=lambda body: True)
        assert [each.id for each in shop.own_comments(1)] == [5]


def test_a_comment_that_is_deleted_already_is_deleted() -> None:
    with scripted(LOST, answer(404, '{"message": "Not Found"}')) as script:
        shop_at(script.url).delete_comment(1, 5)
    assert len(script.heard) == 2


@responses.activate
def test_an_enterprise_server_is_asked_below_its_own_path() -> None:
    api = "https://github.acme.example:443/api"
    responses.get(f"{api}/v3/repos/acme/shop/issues/1/comments", json=[])
    responses.post(f"{api}/graphql", json={"data": {"viewer": {"login": "bot"}}})
    client = connect("token", api_url="https://github.acme.example/api/v3")
    shop = GitHubRepository(client, "acme/shop", clean=str, login="bot")
    assert shop.own_comments(1) == ()
    _, found = client.requester.graphql_query("{ viewer { login } }", {})
    assert found["data"]["viewer"]["login"] == "bot"


def test_a_proxy_of_the_environment_is_used_and_left_out_where_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scripted(answer(200, LIST)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        assert len(shop_at("http://github.acme.example/api/v3").own_comments(1)) == 1
        assert proxy.heard[0].startswith("GET http://github.acme.example:80/api/v3/repos/acme/shop")
    with scripted(answer(200, LIST)) as script:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert head(script) == "h"
    assert len(script.heard) == 1


def test_certificates_of_a_company_are_read_where_the_environment_names_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """requests reads the file before it connects, so that a missing one says that it was tried."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    client = connect("token", api_url="https://127.0.0.1:9", patience=Patience(pace=0))
    with pytest.raises(OSError, match=r"/nowhere/ca\.pem"):
        client.requester.requestJsonAndCheck("GET", "/user")


def test_an_answer_that_leads_to_another_server_is_an_error_with_advice() -> None:
    link = '<https://elsewhere.example/comments?page=2>; rel="next"'
    with scripted(answer(200, LIST, link=link)) as script, pytest.raises(GitHubError) as error:
        head(script)
    assert "GITHUB_API_URL" in error.value.hint


def test_our_line_takes_the_place_of_pygithubs_own() -> None:
    client = connect("token", api_url="http://127.0.0.1:9", patience=Patience(pace=0))
    with pytest.raises(requests.ConnectionError):
        client.requester.requestJsonAndCheck("GET", "/user")
    assert "PatientRequester" in type(client.requester).__name__
