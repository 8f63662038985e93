"""What is looked at of a repository, against the hub."""

from dataclasses import replace

import pytest

from bot.core.doctor.hosting import EnvironmentLook
from bot.demo.hub import Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SHOP

READS = {
    "contents": "read",
    "pull_requests": "read",
    "deployments": "read",
    "actions": "read",
}
NAMES = ("staging", "production")


def guard(hub: Hub) -> None:
    hub.create_environment(SHOP, "staging")
    hub.create_environment(SHOP, "production", protected_branches=True, reviewers=["mia"])


def test_a_repository_that_nobody_protects(open_shop: Open) -> None:
    look = open_shop(**READS).look(NAMES)
    assert look.trouble is None
    assert (look.branch, look.refused, look.required) == ("main", {}, ())
    assert look.environments == tuple(EnvironmentLook(each, there=False) for each in NAMES)


def test_environments_say_who_may_use_them(hub: Hub, open_shop: Open) -> None:
    guard(hub)
    staging, production = open_shop(**READS).look(NAMES).environments
    assert staging == EnvironmentLook("staging")
    assert production == EnvironmentLook("production", limited=True, reviewed=True)


def test_a_protected_branch_names_the_checks_that_it_requires(hub: Hub, open_shop: Open) -> None:
    hub.state.repository(SHOP).required_checks = ("Migrations", "tests")
    assert open_shop(**READS).look(()).required == ("Migrations", "tests")


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("pull_requests", "pull-requests: read"),
        ("deployments", "deployments: read"),
        ("actions", "actions: read"),
        ("contents", "contents: read"),
    ],
)
def test_what_the_token_may_not_read_is_told(
    hub: Hub, open_shop: Open, missing: str, named: str
) -> None:
    guard(hub)
    look = open_shop(**READS | {missing: "none"}).look(NAMES)
    assert list(look.refused) == [named]
    assert named in look.refused[named].hint
    assert (look.required is None) is (missing == "contents")
    assert all((each.trouble is not None) is (missing == "actions") for each in look.environments)


def test_without_a_repository_that_can_be_seen_it_raises(hub: Hub, open_shop: Open) -> None:
    hub.state.users["eve"] = replace(hub.state.user("ada"), login="eve")
    with pytest.raises(GitHubError, match="look at the repository"):
        open_shop("eve", **READS).look(NAMES)
