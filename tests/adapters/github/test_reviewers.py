"""Review requests against the hub: who was ever asked, and what GitHub does not take."""

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.github.reviewers import Reviewers
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SHOP


def asked(hub: Hub, number: int) -> list[str]:
    return [each.login for each in hub.state.repository(SHOP).pulls[number].requested_reviewers]


def test_whoever_was_asked_is_known_also_when_taken_off(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    assert shop.known_reviewers(number) == Reviewers()
    assert shop.ask_reviewers(number, Reviewers(("mia",))) == Reviewers()
    assert asked(hub, number) == ["mia"]
    hub.withdraw_request(SHOP, number, author="ada", reviewer="mia")
    assert shop.known_reviewers(number) == Reviewers(("mia",))


def test_teams_are_known_and_every_page_is_read(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.create_team("acme", "dba", ["mia"])
    shop.ask_reviewers(number, Reviewers(teams=("dba",)))
    for _ in range(51):
        hub.request_review(SHOP, number, author="ada", reviewer="mia")
        hub.withdraw_request(SHOP, number, author="ada", reviewer="mia")
    known = shop.known_reviewers(number)
    assert (set(known.users), known.teams, len(known.users)) == ({"mia"}, ("dba",), 51)


def test_who_reviewed_unasked_is_known(hub: Hub, shop: GitHubRepository, number: int) -> None:
    hub.review(SHOP, number, author="mia", event="COMMENT", body="Hm.")
    assert shop.known_reviewers(number) == Reviewers(("mia",))


def test_those_github_does_not_take_do_not_keep_the_others_from_being_asked(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    wanted = Reviewers(("nobody", "mia"), ("dba",))
    assert shop.ask_reviewers(number, wanted) == Reviewers(("nobody",), ("dba",))
    assert asked(hub, number) == ["mia"]


def test_without_the_permission_the_hint_names_it(open_shop: Open, number: int) -> None:
    with pytest.raises(GitHubError) as error:
        open_shop(pull_requests="read").ask_reviewers(number, Reviewers(("mia",)))
    assert "pull-requests: write" in error.value.hint
