"""Issues against the hub: opened once, found again, closed and opened."""

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.github.issue import Issue
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SHOP

LABEL = "schema drift"
ISSUES = r"/repos/acme/shop/issues$"


@pytest.fixture
def shop(open_shop: Open) -> GitHubRepository:
    return open_shop(contents="read", issues="write")


def opened(shop: GitHubRepository, title: str = "Drift: production") -> Issue:
    return shop.open_issue(title, "A hunter2 column", label=LABEL, mine=lambda body: "A" in body)


def test_an_issue_is_opened_found_closed_and_opened_again(shop: GitHubRepository) -> None:
    made = opened(shop)
    assert (made.body, made.open) == ("A *** column", True)
    assert shop.own_issues(LABEL) == (made,)

    shop.comment_on_issue(made.number, "All is well again")
    shop.edit_issue(made.number, title="Drift", body="None", open=False)
    assert shop.own_issues(LABEL) == (Issue(made.number, "Drift", "None", open=False),)

    shop.edit_issue(made.number, title="Drift", body="Some", open=True)
    [again] = shop.own_issues(LABEL)
    assert again.open


def test_only_our_own_under_the_label_are_found(hub: Hub, shop: GitHubRepository) -> None:
    hub.open_issue(SHOP, author="ada", title="Drift: production")
    made = opened(shop)

    assert shop.own_issues(LABEL) == (made,)
    assert shop.own_issues("other") == ()


def test_a_lost_answer_leaves_one_issue(hub: Hub, shop: GitHubRepository) -> None:
    hub.drop_next("POST", ISSUES)

    made = opened(shop)

    assert shop.own_issues(LABEL) == (made,)


def test_without_the_permission_it_says_which_one_is_lacking(open_shop: Open) -> None:
    with pytest.raises(GitHubError) as error:
        opened(open_shop(contents="read"))
    assert "issues: write" in error.value.hint
