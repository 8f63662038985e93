"""What others say on a pull request, and the bot's signs on it."""

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.github.said import Reaction
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SHOP

APPROVE = "/migrate approve"


def comment(hub: Hub, number: int, login: str = "mia", body: str = APPROVE) -> int:
    found: int = hub.comment(SHOP, number, author=login, body=body).payload["comment"]["id"]
    return found


def test_what_a_person_says_is_heard_whole(hub: Hub, shop: GitHubRepository, number: int) -> None:
    said = comment(hub, number)
    (remark,) = shop.remarks(number)
    assert (remark.id, remark.pull, remark.login) == (said, number, "mia")
    assert (remark.body, remark.human, remark.edited) == (APPROVE, True, False)
    assert shop.remark(said) == remark


def test_every_page_is_read(hub: Hub, shop: GitHubRepository, number: int) -> None:
    for _ in range(31):
        comment(hub, number, body="Thanks.")
    for _ in range(70):
        comment(hub, number, "ada", "Welcome.")
    last = comment(hub, number)
    assert [each.id for each in shop.remarks(number)][-1] == last
    assert len(shop.remarks(number)) == 102


def test_an_edited_comment_is_known_as_one(hub: Hub, shop: GitHubRepository, number: int) -> None:
    said = comment(hub, number)
    hub.edit_comment(SHOP, number, said, author="mia", body=APPROVE)
    (remark,) = shop.remarks(number)
    assert remark.edited


def test_a_bot_is_no_person(shop: GitHubRepository, number: int) -> None:
    shop.create_comment(number, APPROVE, mine=lambda body: body == APPROVE)
    (remark,) = shop.remarks(number)
    assert not remark.human


def test_a_comment_that_is_gone_says_nothing(hub: Hub, shop: GitHubRepository, number: int) -> None:
    said = comment(hub, number)
    hub.delete_comment(SHOP, number, said, author="mia")
    assert shop.remark(said) is None


def test_our_signs_are_told_from_those_of_others(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    said = comment(hub, number)
    hub.react(SHOP, number, said, author="ada", content="+1")
    assert shop.reactions(said) == frozenset()
    for _ in range(2):
        shop.react(said, Reaction.READ)
    shop.react(said, Reaction.REFUSED)
    assert shop.reactions(said) == {Reaction.READ, Reaction.REFUSED}
    assert len(hub.state.repository(SHOP).reactions) == 3


def test_a_lost_answer_leaves_one_sign(hub: Hub, shop: GitHubRepository, number: int) -> None:
    said = comment(hub, number)
    hub.drop_next("POST", r"/reactions$")
    with pytest.raises(GitHubError):
        shop.react(said, Reaction.DONE)
    shop.react(said, Reaction.DONE)
    assert len(hub.state.repository(SHOP).reactions) == 1


def test_without_the_permission_the_hint_names_it(hub: Hub, open_shop: Open, number: int) -> None:
    said = comment(hub, number)
    with pytest.raises(GitHubError) as error:
        open_shop(pull_requests="read").react(said, Reaction.READ)
    assert "pull-requests: write" in error.value.hint
