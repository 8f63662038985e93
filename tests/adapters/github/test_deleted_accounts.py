"""What people leave behind when their account is deleted: GitHub shows nobody, or a ghost."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.approvals.approval import PullFacts
from bot.core.approvals.coauthors import Contributor
from bot.core.github.deployment import Deployment
from bot.core.github.pull import GHOST
from bot.core.github.reviewers import Reviewers
from bot.core.github.said import Reaction
from bot.core.rollouts.progress import State
from bot.demo.hub import Hub
from bot.demo.hub.git import Signature
from bot.demo.hub.state import ACTIONS_BOT
from tests.adapters.github.conftest import Open
from tests.hub import SECOND, SHOP

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SOMEBODY = Contributor(GHOST, "")


def facts(shop: GitHubRepository, number: int) -> PullFacts:
    return shop.facts(shop.pull(number), {})


def answer_with(hub: Hub, path: str, **changes: Any) -> None:
    """What the hub last answered there, with changes, from now on."""
    last = next(each for each in reversed(hub.calls) if each.path.endswith(path))
    body = last.response_body
    one = body[0] if isinstance(body, list) else body
    changed = one | changes
    given = [changed] if isinstance(body, list) else changed
    hub.fail_next("GET", f"{path}$", status=200, body=given, times=9)


def test_a_pull_request_outlives_the_account_that_opened_it(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.delete_account("ada")
    found = facts(shop, number)

    assert shop.pull(number).author == GHOST
    # Its commit carries the address that GitHub gave ada out.
    assert found.authors == {"ada"}
    assert found.unmatched == (SOMEBODY,)
    assert (found.pushers, found.pusher_known) == (frozenset(), False)


@pytest.mark.parametrize("user", [None, {}])
def test_whoever_opened_it_may_be_nobody_at_all(
    hub: Hub, shop: GitHubRepository, number: int, user: object
) -> None:
    shop.pull(number)
    answer_with(hub, f"/pulls/{number}", user=user)
    found = facts(shop, number)

    assert shop.pull(number).author == GHOST
    assert found.unmatched == (SOMEBODY,)
    assert found.bot == ""


@pytest.mark.parametrize("account", [None, {}])
def test_a_commit_of_nobody_has_the_author_whom_it_names(
    hub: Hub, open_shop: Open, number: int, account: object
) -> None:
    bob = Signature("Bob", "bob@home.example", NOON)
    hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="ada", written_by=bob, replace=True)
    facts(open_shop(), number)
    answer_with(hub, f"/pulls/{number}/commits", author=account, committer=account)

    assert facts(open_shop(), number).unmatched == (Contributor("Bob", "bob@home.example"),)


def test_a_commit_that_names_nobody_may_be_anybodys(hub: Hub, open_shop: Open, number: int) -> None:
    facts(open_shop(), number)
    path = f"/pulls/{number}/commits"
    (listed,) = next(each for each in hub.calls if each.path.endswith(path)).response_body
    answer_with(hub, path, commit=listed["commit"] | {"author": None, "committer": None})

    assert SOMEBODY in facts(open_shop(), number).unmatched


def test_a_ghosts_approval_is_told_and_is_a_ghosts(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.review(SHOP, number, author="mia")
    hub.delete_account("mia")
    found = facts(shop, number)

    assert [each.login for each in found.opinions] == [GHOST]
    assert shop.known_reviewers(number) == Reviewers()


def test_a_login_that_was_given_to_somebody_else_approves_nothing(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.review(SHOP, number, author="mia")
    hub.delete_account("mia")
    hub.set_role(SHOP, "mia", "write")

    assert "mia" not in {each.login for each in facts(shop, number).opinions}


def test_what_a_ghost_said_is_no_persons_word(hub: Hub, open_shop: Open, number: int) -> None:
    hub.comment(SHOP, number, author="zoe", body="/migrate approve")
    comment = next(iter(hub.repository(SHOP).pulls[number].comments))
    hub.react(SHOP, number, comment, author="zoe", content=Reaction.DONE.value)
    hub.delete_account("zoe")
    shop = open_shop()
    (said,) = shop.remarks(number)

    assert (said.login, said.human) == ("", False)
    assert shop.remark(comment) == said
    assert shop.reactions(comment) == frozenset()
    assert shop.own_comments(number) == ()


def test_the_ghost_itself_is_no_person(hub: Hub, open_shop: Open, number: int) -> None:
    hub.comment(SHOP, number, author=GHOST, body="/migrate approve")
    (said,) = open_shop().remarks(number)

    assert (said.login, said.human) == ("", False)


def test_who_asked_an_app_for_it_is_unknown_once_they_are_gone(
    hub: Hub, shop: GitHubRepository
) -> None:
    hub.push(SHOP, "up", {SECOND: "SELECT 1;\n"}, author="renovate[bot]")
    event = hub.open_pull_request(SHOP, author="renovate[bot]", head="up", title="Up")
    number = event.payload["number"]
    hub.assign(SHOP, number, author="zoe", assignee="ada")
    hub.delete_account("zoe")
    found = facts(shop, number)

    assert found.bot == "renovate[bot]"
    assert found.requesters == {"ada"}
    assert found.unmatched == (SOMEBODY,)


def deployed(commit: str) -> Deployment:
    return Deployment("staging", commit, State.APPLIED, NOON, {"a": "1"}, "Applied.", digest="d")


def test_what_an_account_that_is_gone_deployed_is_deployed(
    hub: Hub, open_shop: Open, number: int
) -> None:
    commit = open_shop().pull(number).head
    open_shop().announce(deployed(commit))
    hub.delete_account(ACTIONS_BOT)
    (found,) = open_shop("mia").deployments("staging")

    assert (found.commit, found.note) == (commit, "Applied.")


def test_a_deployment_whose_payload_is_a_text_is_none_of_ours(
    hub: Hub, open_shop: Open, number: int
) -> None:
    commit = open_shop().pull(number).head
    open_shop().announce(deployed(commit))
    list(open_shop().deployments("staging"))
    answer_with(hub, "/deployments", payload='{"digest": "d"}')
    (found,) = open_shop().deployments("staging")

    assert (found.texts, found.digest) == ({}, None)


def test_a_script_that_is_no_file_is_not_there(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    shop.scripts("main", {"x": "README.md"})
    answer_with(hub, "/contents/README.md", type="submodule", content=None)

    assert shop.scripts("second", {"x": "README.md"}) == {}


def test_a_fork_goes_with_its_account_and_its_pull_request_stays(hub: Hub, open_shop: Open) -> None:
    hub.fork(SHOP, author="eve")
    hub.push("eve/shop", "mine", {SECOND: "SELECT 1;\n"}, author="eve")
    hub.open_pull_request(SHOP, author="eve", head="mine", title="M", head_repository="eve/shop")
    facts(open_shop(), 1)
    shown = next(each for each in hub.calls if each.path.endswith("/pulls/1")).response_body
    hub.delete_account("eve")
    answer_with(hub, "/pulls/1", user=None, head=shown["head"] | {"repo": None, "user": None})
    found = facts(open_shop(), 1)

    assert open_shop().pull(1).fork
    assert found.unmatched == (SOMEBODY,)
    assert not found.pusher_known
    assert open_shop(actions="read", pull_requests="read").head_of(1).runs == ()
