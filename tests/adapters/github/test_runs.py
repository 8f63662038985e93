"""Runs of workflows as GitHub's witness of what a pull request's head was, and when."""

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.demo.hub import Event, Hub
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SECOND, SHOP

CHECK = "migration-check.yml"
PATH = f".github/workflows/{CHECK}"
COMMANDS = {"contents": "read", "pull_requests": "write", "actions": "write"}


@pytest.fixture
def shop(open_shop: Open) -> GitHubRepository:
    return open_shop(**COMMANDS)


@pytest.fixture
def opened(hub: Hub) -> Event:
    hub.push(SHOP, "second", {SECOND: "SELECT 1;\n"}, author="ada")
    return hub.open_pull_request(SHOP, author="ada", head="second", title="Second")


def pushed(hub: Hub, text: str, *, replace: bool = False) -> Event:
    events = hub.push(SHOP, "second", {SECOND: text}, author="ada", replace=replace)
    return next(each for each in events if each.name == "pull_request")


def test_a_run_says_since_when_the_head_is_there(
    hub: Hub, shop: GitHubRepository, opened: Event
) -> None:
    run = hub.record_run(opened, workflow=PATH, conclusion="success")
    head = shop.head_of(1)
    assert (head.commit, head.open, head.merged) == (
        opened.payload["pull_request"]["head"]["sha"],
        True,
        False,
    )
    assert head.runs == (run.created_at,)
    assert head.forced == ()
    assert head.seen_at(hub.state.now())


def test_a_push_after_it_leaves_no_witness_until_its_own_run(
    hub: Hub, shop: GitHubRepository, opened: Event
) -> None:
    hub.record_run(opened, workflow=PATH)
    said = hub.state.now()
    event = pushed(hub, "SELECT 2;\n")
    assert not shop.head_of(1).seen_at(hub.state.now())
    hub.record_run(event, workflow=PATH)
    assert not shop.head_of(1).seen_at(said)
    assert shop.head_of(1).seen_at(hub.state.now())


def test_a_run_for_the_same_commit_on_another_branch_says_nothing(
    hub: Hub, shop: GitHubRepository, opened: Event
) -> None:
    """Somebody may have had it checked long before it came to this pull request."""
    head = hub.state.repository(SHOP).pulls[1].head_sha
    hub.state.repository(SHOP).git.run("update-ref", "refs/heads/elsewhere", head)
    other = hub.open_pull_request(SHOP, author="ada", head="elsewhere", title="Other")
    hub.record_run(other, workflow=PATH)
    assert shop.head_of(1).runs == ()


def test_a_head_that_was_taken_back_by_force_was_not_seen(
    hub: Hub, shop: GitHubRepository, opened: Event
) -> None:
    hub.record_run(opened, workflow=PATH)
    repository = hub.state.repository(SHOP)
    first = repository.pulls[1].head_sha
    pushed(hub, "SELECT 3;\n", replace=True)
    said = hub.state.now()
    repository.git.run("update-ref", "refs/heads/second", first)
    with hub.state.lock:
        repository.pulls[1].head_sha = first
    head = shop.head_of(1)
    assert len(head.runs) == len(head.forced) == 1
    assert not head.seen_at(said)


def test_a_merged_and_a_closed_pull_request_are_known(
    hub: Hub, shop: GitHubRepository, opened: Event
) -> None:
    hub.close(SHOP, 1, author="ada")
    assert (shop.head_of(1).open, shop.head_of(1).merged) == (False, False)
    hub.reopen(SHOP, 1, author="ada")
    hub.merge(SHOP, 1, author="mia")
    assert (shop.head_of(1).open, shop.head_of(1).merged) == (False, True)


def test_the_newest_run_of_the_check_runs_again(
    hub: Hub, shop: GitHubRepository, opened: Event
) -> None:
    older = hub.record_run(opened, workflow=PATH, conclusion="success")
    newer = hub.record_run(opened, workflow=PATH, conclusion="failure")
    other = hub.record_run(opened, workflow=".github/workflows/ci.yml", conclusion="success")
    assert shop.check_again(1, CHECK)
    assert (older.attempt, newer.attempt, other.attempt) == (1, 2, 1)


def test_a_check_that_is_running_is_left_to_run(
    hub: Hub, shop: GitHubRepository, opened: Event
) -> None:
    run = hub.record_run(opened, workflow=PATH)
    assert shop.check_again(1, CHECK)
    assert run.attempt == 1


def test_without_a_run_of_the_check_there_is_none_to_run_again(
    hub: Hub, shop: GitHubRepository, opened: Event
) -> None:
    hub.record_run(opened, workflow=".github/workflows/ci.yml", conclusion="success")
    assert not shop.check_again(1, CHECK)


def test_without_the_permission_the_hint_names_it(hub: Hub, open_shop: Open, opened: Event) -> None:
    hub.record_run(opened, workflow=PATH, conclusion="success")
    with pytest.raises(GitHubError) as error:
        open_shop(contents="read", pull_requests="write").head_of(1)
    assert "actions: read" in error.value.hint
    with pytest.raises(GitHubError) as error:
        open_shop(contents="read", pull_requests="write", actions="read").check_again(1, CHECK)
    assert "actions: write" in error.value.hint
