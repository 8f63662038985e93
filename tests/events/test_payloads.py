"""Payloads as GitHub documents them, and what is left of them when parts are missing."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.core.github.event import request_of
from bot.errors import BotError, UsageError
from bot.flows.asked.answering import answer
from bot.flows.asked.apply import TARGET_VARIABLE
from tests.events.trim import PAYLOADS
from tests.flows.world import NUMBER, Stage

HERE = "h" * 40
ALL: list[tuple[str, dict[str, Any]]] = [
    (each["event"], each["payload"]) for each in json.loads(PAYLOADS.read_text("utf-8"))
]
JUDGED = ("pull_request", "pull_request_review", "merge_group", "push", "workflow_dispatch")


def name_of(value: Any) -> str:
    return value if isinstance(value, str) else str(value.get("action", "-"))


def known(events: tuple[str, ...] = ()) -> list[tuple[str, dict[str, Any]]]:
    return [(event, payload) for event, payload in ALL if not events or event in events]


def at_hand(payload: dict[str, Any]) -> dict[str, Any]:
    """The same about the pull request, and the commit, that the stage has."""
    text = json.dumps(payload)
    for sha in shas(payload):
        text = text.replace(sha, HERE)
    made: dict[str, Any] = json.loads(text)
    for part in ("pull_request", "issue"):
        if part in made:
            made[part]["number"] = NUMBER
    return made


def shas(payload: dict[str, Any]) -> Iterator[str]:
    pull = payload.get("pull_request")
    if pull:
        yield pull["head"]["sha"]
    if "merge_group" in payload:
        yield payload["merge_group"]["head_sha"]
    if "after" in payload and "pull_request" not in payload:
        yield payload["after"]


def without(value: Any, depth: int = 3) -> Iterator[Any]:
    """The value with one part gone, or null, or of another type; every part in turn."""
    if not isinstance(value, dict) or depth == 0:
        return
    for name in value:
        yield {other: each for other, each in value.items() if other != name}
        yield value | {name: None}
        yield value | {name: "odd"}
        for changed in without(value[name], depth - 1):
            yield value | {name: changed}


def refusal_of(asked: Callable[[], object]) -> BotError | None:
    """Anything but a BotError is a crash."""
    try:
        asked()
    except BotError as error:
        return error
    return None


def test_every_event_the_bot_acts_on_is_here() -> None:
    assert {event for event, _ in ALL} >= set(JUDGED)
    assert len(ALL) >= 30


@pytest.mark.parametrize(("event", "payload"), known(), ids=name_of)
def test_a_real_event_is_understood_or_refused_in_words(
    event: str, payload: dict[str, Any]
) -> None:
    stage = Stage(environ={TARGET_VARIABLE: "staging"})
    refusal = refusal_of(lambda: answer(stage.world(), event, at_hand(payload), HERE))
    understood = event in JUDGED and not payload.get("deleted")
    assert refusal is None or (refusal.hint and not understood), refusal


@pytest.mark.parametrize("event", JUDGED)
def test_a_part_that_is_missing_or_odd_never_crashes(event: str) -> None:
    _, payload = known((event,))[0]
    for odd in without(copy.deepcopy(payload)):
        refusal = refusal_of(lambda odd=odd: request_of(event, odd, sha=HERE))  # type: ignore[misc]
        assert refusal is None or refusal.hint


def test_a_branch_that_was_deleted_has_nothing_to_apply() -> None:
    payload = next(payload for _, payload in known(("push",)) if payload["deleted"])
    with pytest.raises(UsageError, match="was deleted"):
        request_of("push", payload, sha=HERE)


def test_a_draft_is_judged_as_any_other() -> None:
    drafts = [each for _, each in known(("pull_request",)) if each["pull_request"].get("draft")]
    assert drafts
    for payload in drafts:
        assert request_of("pull_request", payload, sha=HERE)
