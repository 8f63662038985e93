"""What people may do, the teams they are in, their profiles, and the code owners of a file."""

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.approvals.approval_policy import Permission
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SHOP


@pytest.mark.parametrize("role", ["read", "triage", "write", "maintain", "admin"])
def test_a_permission_is_read_by_its_own_name(hub: Hub, shop: GitHubRepository, role: str) -> None:
    hub.set_role(SHOP, "bea", role)

    assert shop.permission_of("bea") is Permission[role.upper()]


def test_whom_github_does_not_know_may_do_nothing(shop: GitHubRepository) -> None:
    assert shop.permission_of("nobody") is Permission.NONE
    assert shop.permission_of("../admin") is Permission.NONE


def test_who_is_in_a_team_is_read_with_the_permission(hub: Hub, open_shop: Open) -> None:
    hub.create_team("acme", "dba", ["mia"])
    shop = open_shop(contents="read", members="read")

    assert shop.in_team("acme/dba", "mia")
    assert not shop.in_team("acme/dba", "ada")


def test_a_team_that_nobody_may_see_is_no_team_without_members(hub: Hub, open_shop: Open) -> None:
    hub.create_team("acme", "dba", ["mia"])
    blind, seeing = open_shop(contents="read"), open_shop(contents="read", members="read")

    with pytest.raises(GitHubError, match="read who is in @acme/dba") as refused:
        blind.in_team("acme/dba", "mia")
    with pytest.raises(GitHubError, match="no such team, or the token may not see it") as missing:
        seeing.in_team("acme/dbas", "mia")

    assert "members: read" in refused.value.hint
    assert "members: read" in missing.value.hint


def test_a_profile_shows_what_its_owner_lets_it(hub: Hub, shop: GitHubRepository) -> None:
    hub.state.user("mia").profile.update(name="Mia Stone", email="mia@home.example")

    assert shop.profile_of("mia") == (frozenset({"Mia Stone"}), frozenset({"mia@home.example"}))
    assert shop.profile_of("ada") == (frozenset(), frozenset())
    assert shop.profile_of("nobody") == (frozenset(), frozenset())


# Code owners


def test_code_owners_are_read_from_the_first_place_that_has_them(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    pull = shop.pull(number)
    assert shop.codeowners(pull) == ""

    for place in ("docs/CODEOWNERS", "CODEOWNERS", ".github/CODEOWNERS"):
        hub.push(SHOP, "main", {place: f"* @{place[0]}\n"}, author="mia")
        assert shop.codeowners(pull) == f"* @{place[0]}\n"


def test_the_base_branch_says_who_owns_and_never_the_pull_request(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.push(SHOP, "main", {"CODEOWNERS": "* @mia\n"}, author="mia")
    hub.push(SHOP, "second", {"CODEOWNERS": "* @eve\n"}, author="ada")
    before = shop.codeowners(shop.pull(number))
    hub.push(SHOP, "second", {".github/CODEOWNERS": "* @eve\n", "CODEOWNERS": None}, author="ada")
    hub.push(SHOP, "main", {"CODEOWNERS": None}, author="mia")
    hub.push(SHOP, "second", {"x": "1"}, author="ada")
    hub.push(SHOP, "main", {"CODEOWNERS": "* @mia\n"}, author="mia")
    hub.push(SHOP, "second", {"x": "2"}, author="ada")
    hub.merge(SHOP, number, author="mia")
    after = shop.codeowners(shop.pull(number))

    assert (before, after) == ("* @mia\n", "* @mia\n")
    assert hub.repository(SHOP).git.run("show", "main:.github/CODEOWNERS") == "* @eve"
