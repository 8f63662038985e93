"""What runs of workflows leave behind, as the bot reads it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from bot.adapters.github.artifacts import _joined
from bot.adapters.github.repository import GitHubRepository
from bot.demo.hub import Hub
from bot.errors import GitHubError, UsageError
from tests.hub import SECOND, SHOP

READS = {"actions": "read", "contents": "read"}
NAME = "migration-report-1"


@pytest.fixture
def run(hub: Hub) -> int:
    hub.push(SHOP, "second", {SECOND: "SELECT 1;\n"}, author="ada")
    event = hub.open_pull_request(SHOP, author="ada", head="second", title="Second")
    return hub.record_run(event, workflow=".github/workflows/check.yml").id


def test_the_octets_of_an_artifact_come_without_the_token_going_along(
    hub: Hub, open_shop: Callable[..., GitHubRepository], run: int
) -> None:
    hub.keep_artifact(SHOP, run, NAME, b"PK octets")
    hub.keep_artifact(SHOP, run, "another", b"no")
    assert open_shop(**READS).artifact(run, NAME, limit=100) == b"PK octets"


def test_there_is_none_of_another_name_or_of_another_run(
    hub: Hub, open_shop: Callable[..., GitHubRepository], run: int
) -> None:
    hub.keep_artifact(SHOP, run, "another", b"no")
    assert open_shop(**READS).artifact(run, NAME, limit=100) is None


def test_one_that_is_too_large_is_not_fetched(
    hub: Hub, open_shop: Callable[..., GitHubRepository], run: int
) -> None:
    hub.keep_artifact(SHOP, run, NAME, b"x" * 101)
    with pytest.raises(UsageError, match="larger than 100 bytes"):
        open_shop(**READS).artifact(run, NAME, limit=100)
    assert not [call for call in hub.calls if call.path.endswith("/zip")]


def test_one_that_grows_on_the_way_is_given_up() -> None:
    taken: list[int] = []

    def endless() -> object:
        while True:
            taken.append(1)
            yield b"x" * 60

    with pytest.raises(UsageError, match="larger than 100 bytes"):
        _joined(endless(), NAME, 100)  # type: ignore[arg-type]
    assert len(taken) == 2


def test_without_the_permission_the_one_that_is_missing_is_named(
    hub: Hub, open_shop: Callable[..., GitHubRepository], run: int
) -> None:
    hub.keep_artifact(SHOP, run, NAME, b"PK")
    hub.repository(SHOP).private = True
    with pytest.raises(GitHubError) as refused:
        open_shop(contents="read").artifact(run, NAME, limit=100)
    assert "actions: read" in refused.value.hint


def test_a_pull_request_is_found_by_commit_and_repository(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    pull = hub.repository(SHOP).pulls[number]
    place = SimpleNamespace(owner="acme", id=hub.repository(SHOP).id)

    def found(head: str, branch: str, owner: str, repository: int) -> list[int]:
        pulls = shop.open_pulls_at(head, branch=branch, owner=owner, repository=repository)
        return [each.number for each in pulls]

    assert found(pull.head_sha, "second", place.owner, place.id) == [number]
    assert found("0" * 40, "second", place.owner, place.id) == []
    assert found(pull.head_sha, "second", place.owner, place.id + 1) == []
    assert found(pull.head_sha, "first", place.owner, place.id) == []
    hub.close(SHOP, number, author="ada")
    assert found(pull.head_sha, "second", place.owner, place.id) == []


def test_open_pull_requests_are_listed_up_to_a_limit(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.push(SHOP, "third", {"README.md": "# Third\n"}, author="ada")
    hub.open_pull_request(SHOP, author="ada", head="third", title="Third")
    assert [each.number for each in shop.open_pulls("main", limit=5)] == [number + 1, number]
    assert len(shop.open_pulls("main", limit=1)) == 1
    assert shop.open_pulls("release", limit=5) == ()
    assert not shop.open_pulls("main", limit=1)[0].fork
