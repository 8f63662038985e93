import pytest

from bot.adapters.github.repository import GitHubRepository, open_repository
from bot.core.migrations.migration import checksum_of
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import FIRST, SECOND, SHOP

NAME = SECOND.split("/")[2]


def test_a_pull_request_is_read_with_its_files(shop: GitHubRepository, number: int) -> None:
    pull = shop.pull(number)

    assert (pull.number, pull.author, pull.base_name, pull.merged) == (number, "ada", "main", False)
    assert pull.files == (SECOND,)


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_the_pull_request_of_a_merged_commit_is_found_however_it_was_merged(
    hub: Hub, shop: GitHubRepository, number: int, method: str
) -> None:
    _, push = hub.merge(SHOP, number, author="mia", method=method)
    pull = shop.pull_of(push.sha)

    assert pull is not None
    assert pull.number == number
    assert pull.merged


def test_a_commit_that_was_pushed_straight_has_no_pull_request(
    hub: Hub, shop: GitHubRepository
) -> None:
    (push,) = hub.push(SHOP, "main", {FIRST: "SELECT 2;\n"}, author="mia")

    assert shop.pull_of(push.sha) is None


def test_an_open_pull_request_did_not_bring_a_commit(shop: GitHubRepository, number: int) -> None:
    assert shop.pull_of(shop.pull(number).head) is None


def test_facts_hold_every_opinion_the_authors_and_who_may_write(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    old = shop.pull(number).head
    hub.review(SHOP, number, author="mia")
    hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="bea", message="Change it")
    hub.review(SHOP, number, author="eve")
    facts = shop.facts(shop.pull(number), {NAME: SECOND})

    assert {each.login: each.commit == old for each in facts.opinions} == {
        "mia": True,
        "eve": False,
    }
    assert facts.authors == {"ada", "bea"}
    assert facts.texts == {NAME: checksum_of("SELECT 2;\n")}


def test_a_text_that_is_not_in_the_pull_request_is_left_out(
    shop: GitHubRepository, number: int
) -> None:
    missing = "prisma/migrations/20270101000000_gone/migration.sql"

    assert shop.facts(shop.pull(number), {"20270101000000_gone": missing}).texts == {}


def test_a_text_over_a_megabyte_is_read_all_the_same(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    sql = "-- " + "x" * 1_200_000 + "\nSELECT 1;\n"
    hub.push(SHOP, "second", {SECOND: sql}, author="ada")

    assert shop.facts(shop.pull(number), {NAME: SECOND}).texts == {NAME: checksum_of(sql)}


def test_a_hundred_reviews_are_all_read(hub: Hub, shop: GitHubRepository, number: int) -> None:
    for _ in range(101):
        hub.review(SHOP, number, author="eve", event="COMMENT", body="Hm.")
    hub.review(SHOP, number, author="mia")

    facts = shop.facts(shop.pull(number), {})

    assert len(facts.opinions) == 102


def test_a_missing_permission_is_named(open_shop: Open, number: int) -> None:
    shop = open_shop(contents="read")

    with pytest.raises(GitHubError, match="read pull request") as error:
        shop.pull(number)

    assert "permissions: pull-requests: read" in error.value.hint


def test_a_wrong_token_is_told_apart_from_a_missing_permission(hub: Hub, number: int) -> None:
    shop = open_repository(SHOP, "wrong", api_url=hub.api_url, clean=str)

    with pytest.raises(GitHubError) as error:
        shop.pull(number)

    assert "renew GITHUB_TOKEN" in error.value.hint
    assert "wrong" not in error.value.message


def test_a_read_that_fails_once_is_tried_again(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.fail_next("GET", r"/pulls/\d+$", status=502)

    assert shop.pull(number).number == number


def test_a_github_that_stays_down_is_told_in_words(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.fail_next("GET", r"/pulls/\d+$", status=503, times=50)

    with pytest.raises(GitHubError):
        shop.pull(number)


def test_a_github_that_cannot_be_reached_is_told_in_words() -> None:
    shop = open_repository(SHOP, "t", api_url="http://127.0.0.1:9", clean=str)

    with pytest.raises(GitHubError, match="could not be reached") as error:
        shop.pull(1)

    assert "GITHUB_API_URL" in error.value.hint
