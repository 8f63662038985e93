"""Labels against the hub: made once, and taken off without a fuss."""

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.findings.risk import Risk
from bot.core.github.label import risk_label
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SHOP

HIGH = risk_label("migrations", Risk.HIGH)


def test_a_label_that_is_missing_is_made_as_it_should_look(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    shop.add_label(number, HIGH)
    assert shop.labels(number) == (HIGH.name,)
    made = hub.state.repository(SHOP).labels[HIGH.name]
    assert (made.color, made.description) == (HIGH.colour, HIGH.description)


def test_one_that_is_there_keeps_its_looks(hub: Hub, shop: GitHubRepository, number: int) -> None:
    shop.add_label(number, HIGH)
    shop.remove_label(number, HIGH.name)
    repainted = risk_label("migrations", Risk.HIGH)
    shop.add_label(number, type(HIGH)(repainted.name, "ffffff", "Other"))
    assert hub.state.repository(SHOP).labels[HIGH.name].color == HIGH.colour


def test_a_label_that_is_off_already_is_no_trouble(shop: GitHubRepository, number: int) -> None:
    shop.remove_label(number, HIGH.name)
    assert shop.labels(number) == ()


def test_a_lost_answer_leaves_one_label(hub: Hub, shop: GitHubRepository, number: int) -> None:
    hub.drop_next("POST", r"/repos/acme/shop/labels$")
    with pytest.raises(GitHubError):
        shop.add_label(number, HIGH)
    shop.add_label(number, HIGH)
    assert shop.labels(number) == (HIGH.name,)


def test_without_the_permission_the_hint_names_it(open_shop: Open, number: int) -> None:
    with pytest.raises(GitHubError) as error:
        open_shop(pull_requests="read").add_label(number, HIGH)
    assert "pull-requests: write" in error.value.hint
