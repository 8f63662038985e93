from collections.abc import Mapping
from typing import Any

import pytest

from bot.core.github.event import request_of
from bot.core.github.request import AgainRequest, ApplyRequest, CheckRequest
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


def rerequested(*pulls: Mapping[str, Any], name: str = "check_run") -> Mapping[str, Any]:
    asked = {"head_sha": "h", "pull_requests": list(pulls)}
    return {"action": "rerequested", name: asked | ({"name": "M"} if name == "check_run" else {})}


def mention(number: int, *, sha: str = "h", head: int = 1) -> Mapping[str, Any]:
    return {
        "number": number,
        "head": {"sha": sha, "ref": "topic", "repo": {"id": head}},
        "base": {"sha": "b", "ref": "main", "repo": {"id": 1}},
    }


def test_the_button_of_a_check_run_asks_for_the_check_of_its_pull_request() -> None:
    again = AgainRequest("h", "M", CheckRequest("h", "b", "main", 7))
    assert request_of("check_run", rerequested(mention(9), mention(7)), sha="m") == again


def test_the_button_of_all_checks_names_none() -> None:
    again = AgainRequest("h", None, CheckRequest("h", "b", "main", 7))
    payload = rerequested(mention(7), name="check_suite")
    assert request_of("check_suite", payload, sha="m") == again


@pytest.mark.parametrize("pulls", [(), (mention(7, sha="newer"),), (mention(7, head=2),)])
def test_a_fork_s_text_and_what_was_pushed_over_are_not_checked_again(
    pulls: tuple[Mapping[str, Any], ...],
) -> None:
    assert request_of("check_run", rerequested(*pulls), sha="m") == AgainRequest("h", "M")


@pytest.mark.parametrize("action", ["created", "completed", "requested_action"])
def test_other_news_of_a_check_run_are_refused(action: str) -> None:
    with pytest.raises(UsageError, match="The event check_run"):
        request_of("check_run", {**rerequested(mention(7)), "action": action}, sha="m")
