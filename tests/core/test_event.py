import pytest

from bot.core.event import ApplyRequest, CheckRequest, request_of
from bot.errors import UsageError

PULL = {
    "pull_request": {
        "number": 7,
        "head": {"sha": "h", "repo": {"full_name": "acme/shop"}},
        "base": {"sha": "b", "ref": "main", "repo": {"full_name": "acme/shop"}},
    }
}


@pytest.mark.parametrize("name", ["pull_request", "pull_request_review"])
def test_a_pull_request_asks_for_a_check_against_its_base_branch(name: str) -> None:
    assert request_of(name, PULL, sha="m") == CheckRequest("h", "b", "main", 7)


@pytest.mark.parametrize("repo", [{"full_name": "mallory/shop"}, None])
def test_a_fork_is_known_as_one_also_when_it_is_deleted(repo: object) -> None:
    pull = PULL["pull_request"]
    payload = {"pull_request": {**pull, "head": {"sha": "h", "repo": repo}}}
    request = request_of("pull_request", payload, sha="m")

    assert isinstance(request, CheckRequest)
    assert request.fork


def test_a_merge_group_is_checked_without_a_comment() -> None:
    payload = {"merge_group": {"head_sha": "h", "base_sha": "b", "base_ref": "refs/heads/main"}}

    assert request_of("merge_group", payload, sha="m") == CheckRequest("h", "b", "main")


def test_a_push_applies_what_was_pushed_and_a_dispatch_what_it_runs_for() -> None:
    assert request_of("push", {"after": "a"}, sha="m") == ApplyRequest("a")
    assert request_of("workflow_dispatch", {}, sha="m") == ApplyRequest("m")


def test_pull_request_target_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="runs with secrets beside code") as error:
        request_of("pull_request_target", PULL, sha="m")

    assert "`pull_request`" in error.value.hint


def test_other_events_are_named_and_refused() -> None:
    with pytest.raises(UsageError, match="The event gollum"):
        request_of("gollum", {}, sha="m")
