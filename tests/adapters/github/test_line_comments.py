"""Suggestions on lines, against the hub: whole reviews, ours alone, and nothing half done."""

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.github.pull import LineComment
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SECOND, SHOP


@pytest.fixture
def number(hub: Hub) -> int:
    """An open pull request of ada's with one new migration of three lines."""
    hub.push(SHOP, "second", {SECOND: "SELECT 1;\nSELECT\n2;\n"}, author="ada", message="Second")
    event = hub.open_pull_request(SHOP, author="ada", head="second", title="Second")
    found: int = event.payload["number"]
    return found


def head(hub: Hub, number: int) -> str:
    return hub.state.repository(SHOP).pulls[number].head_sha


def suggest(hub: Hub, shop: GitHubRepository, number: int, *comments: LineComment) -> None:
    shop.comment_lines(number, head(hub, number), comments, introduction="Read this.")


def test_suggestions_are_one_review_without_a_verdict(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    suggest(hub, shop, number, LineComment(SECOND, 1, 1, "one"), LineComment(SECOND, 2, 3, "two"))

    pull = hub.state.repository(SHOP).pulls[number]
    (review,) = pull.reviews.values()
    assert (review.state, review.body, review.commit_id) == (
        "COMMENTED",
        "Read this.",
        pull.head_sha,
    )
    places = [(each.start_line, each.line) for each in pull.line_comments.values()]
    assert places == [(None, 1), (2, 3)]
    assert [each.body for each in shop.own_line_comments(number)] == ["one", "two"]


def test_a_mere_suggestion_is_no_opinion_that_an_approval_could_be_lost_to(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.review(SHOP, number, author="mia")
    suggest(hub, shop, number, LineComment(SECOND, 1, 1, "one"))

    facts = shop.facts(shop.pull(number), {})
    assert {each.login: each.state for each in facts.opinions if each.state != "COMMENTED"} == {
        "mia": "APPROVED"
    }


def test_a_stranger_s_comments_are_not_ours(hub: Hub, open_shop: Open, number: int) -> None:
    suggest(hub, open_shop("mia", pull_requests="write", contents="read"), number,
            LineComment(SECOND, 1, 1, "hers"))  # fmt: skip

    assert open_shop().own_line_comments(number) == ()


@pytest.mark.parametrize(
    "bad", [LineComment(SECOND, 9, 9, "no such line"), LineComment("README.md", 1, 1, "untouched")]
)
def test_a_place_outside_the_difference_refuses_the_whole_review(
    hub: Hub, shop: GitHubRepository, number: int, bad: LineComment
) -> None:
    with pytest.raises(GitHubError, match="suggest changes on #1"):
        suggest(hub, shop, number, LineComment(SECOND, 1, 1, "one"), bad)

    assert hub.state.repository(SHOP).pulls[number].reviews == {}
    assert shop.own_line_comments(number) == ()


def test_what_holds_a_secret_is_left_out(hub: Hub, shop: GitHubRepository, number: int) -> None:
    secret = LineComment(SECOND, 2, 3, "```suggestion\nhunter2\n```")
    suggest(hub, shop, number, LineComment(SECOND, 1, 1, "one"), secret)
    assert [each.body for each in shop.own_line_comments(number)] == ["one"]

    suggest(hub, shop, number, secret)
    assert len(hub.state.repository(SHOP).pulls[number].reviews) == 1


def test_a_review_is_asked_for_once(hub: Hub, shop: GitHubRepository, number: int) -> None:
    hub.fail_next("POST", r"/reviews$", status=502)
    with pytest.raises(GitHubError):
        suggest(hub, shop, number, LineComment(SECOND, 1, 1, "one"))
    assert len([call for call in hub.calls if call.method == "POST"]) == 1


def test_without_the_permission_the_hint_names_it(hub: Hub, open_shop: Open, number: int) -> None:
    shop = open_shop(pull_requests="read", contents="read")
    with pytest.raises(GitHubError) as error:
        suggest(hub, shop, number, LineComment(SECOND, 1, 1, "one"))
    assert "pull-requests: write" in error.value.hint
