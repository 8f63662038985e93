import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SHOP

BODY = "<!-- ours -->\nplanned"


def ours(body: str) -> bool:
    return body.startswith("<!-- ours -->")


def bodies(hub: Hub, number: int) -> list[str]:
    comments = hub.state.repository(SHOP).pulls[number].comments.values()
    return [each.body for each in comments]


def test_a_comment_is_written_and_found_again_by_its_author(
    shop: GitHubRepository, number: int
) -> None:
    shop.create_comment(number, BODY, mine=ours)

    assert [each.body for each in shop.own_comments(number)] == [BODY]


def test_a_stranger_who_pastes_the_marker_is_not_us(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.comment(SHOP, number, author="mallory", body=BODY)

    assert shop.own_comments(number) == ()


def test_ours_is_found_among_a_hundred_others(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    for _ in range(101):
        hub.comment(SHOP, number, author="mia", body="Thanks!")
    shop.create_comment(number, BODY, mine=ours)

    assert len(shop.own_comments(number)) == 1


def test_a_person_s_token_finds_that_person_s_comments(open_shop: Open, number: int) -> None:
    shop = open_shop("mia", pull_requests="write")
    shop.create_comment(number, BODY, mine=ours)

    assert [each.body for each in shop.own_comments(number)] == [BODY]


def test_the_token_of_an_app_finds_that_apps_comments_and_no_other_apps(
    hub: Hub, open_shop: Open, shop: GitHubRepository, number: int
) -> None:
    shop.create_comment(number, BODY, mine=ours)
    app = open_shop("acme-migrations[bot]", pull_requests="write")
    assert app.own_comments(number) == ()
    app.create_comment(number, BODY, mine=ours)

    again = open_shop("acme-migrations[bot]", pull_requests="write")
    (comment,) = again.own_comments(number)
    written = hub.state.repository(SHOP).pulls[number].comments[comment.id]
    assert written.user.login == "acme-migrations[bot]"
    assert len(shop.own_comments(number)) == 1


def test_where_github_does_not_say_whose_the_token_is_it_is_taken_for_the_workflows_own(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    shop.create_comment(number, BODY, mine=ours)
    hub.fail_next("POST", "/graphql", status=404, times=9)

    assert len(shop.own_comments(number)) == 1


def test_a_comment_is_rewritten_in_place_and_a_double_deleted(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    for _ in range(2):
        shop.create_comment(number, BODY, mine=ours)
    first, second = shop.own_comments(number)

    shop.edit_comment(number, first.id, "<!-- ours -->\napplied")
    shop.delete_comment(number, second.id)

    assert bodies(hub, number) == ["<!-- ours -->\napplied"]


def test_secrets_are_struck_out_of_what_is_written(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    shop.create_comment(number, BODY + " hunter2", mine=ours)
    (comment,) = shop.own_comments(number)
    shop.edit_comment(number, comment.id, BODY + " hunter2 again")

    assert bodies(hub, number) == [BODY + " *** again"]


def test_a_lost_answer_is_looked_into_and_not_written_twice(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.drop_next("POST", r"/issues/\d+/comments$")

    shop.create_comment(number, BODY, mine=ours)

    assert bodies(hub, number) == [BODY]


def test_a_write_that_failed_is_told_and_not_repeated(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.fail_next("POST", r"/issues/\d+/comments$", status=502)

    with pytest.raises(GitHubError, match="comment on #1"):
        shop.create_comment(number, BODY, mine=ours)

    posts = [call for call in hub.calls if call.method == "POST"]
    assert len(posts) == 1


def test_without_the_permission_the_hint_names_it(open_shop: Open, number: int) -> None:
    with pytest.raises(GitHubError) as error:
        open_shop(pull_requests="read").create_comment(number, BODY, mine=ours)

    assert "pull-requests: write" in error.value.hint
