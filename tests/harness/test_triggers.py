from dataclasses import replace
from typing import Any

import pytest

from tests.harness.triggers import dispatch_inputs, waits_for
from tests.harness.values import HarnessError
from tests.harness.world import Event

PUSH = Event("push", {}, sha="a" * 40, changed=("prisma/migrations/1_a/migration.sql",))
OPENED = Event("pull_request", {"action": "opened"}, sha="a" * 40, base_ref="main")
DISPATCH = Event("workflow_dispatch", {}, sha="a" * 40, inputs={"target": "staging"})
DEPLOY = {
    "push": {"branches": ["main", "release/*"], "paths": ["prisma/migrations/**"]},
    "workflow_dispatch": {
        "inputs": {
            "target": {"type": "choice", "options": ["all", "staging"], "default": "all"},
        }
    },
}


COMMENT = Event("issue_comment", {"action": "created"}, sha="a" * 40)
ENDED = Event(
    "workflow_run",
    {
        "action": "completed",
        "workflow": {"name": "Check"},
        "workflow_run": {"head_branch": "topic"},
    },
    sha="a" * 40,
)
QUEUED = Event(
    "merge_group",
    {"action": "checks_requested", "merge_group": {"base_ref": "refs/heads/main"}},
    sha="a" * 40,
)
NIGHT = Event("schedule", {"schedule": "0 3 * * *"}, sha="a" * 40)


def again(app: str) -> Event:
    check_run = {"app": {"slug": app}}
    return Event("check_run", {"action": "rerequested", "check_run": check_run}, sha="a" * 40)


def by_a_workflow(event: Event) -> Event:
    return replace(event, actor="github-actions[bot]")


@pytest.mark.parametrize(
    ("on", "event", "starts"),
    [
        ("push", PUSH, True),
        ("issue_comment", COMMENT, True),
        ({"issue_comment": {"types": ["edited"]}}, COMMENT, False),
        ("issue_comment", by_a_workflow(COMMENT), False),
        ("push", by_a_workflow(PUSH), False),
        (DEPLOY, by_a_workflow(DISPATCH), True),
        ({"check_run": {"types": ["rerequested"]}}, again("migration-bot"), True),
        ({"check_run": {"types": ["rerequested"]}}, again("github-actions"), False),
        ({"workflow_run": {"workflows": ["Check"], "types": ["completed"]}}, ENDED, True),
        ({"workflow_run": {"workflows": ["Build"]}}, ENDED, False),
        ({"workflow_run": {"workflows": ["Check"], "branches": ["main"]}}, ENDED, False),
        ({"merge_group": {"branches": ["main"]}}, QUEUED, True),
        ({"merge_group": {"branches": ["next"]}}, QUEUED, False),
        ({"schedule": [{"cron": "0 3 * * *"}]}, NIGHT, True),
        ({"schedule": [{"cron": "0 4 * * *"}]}, NIGHT, False),
        ("workflow_call", PUSH, False),
        (["pull_request"], PUSH, False),
        ({"pull_request": None}, OPENED, True),
        ({"pull_request": None}, replace(OPENED, payload={"action": "edited"}), False),
        ({"pull_request": {"types": ["edited"]}}, OPENED, False),
        ({"pull_request": {"branches": ["main"]}}, OPENED, True),
        ({"pull_request": {"branches": ["next"]}}, OPENED, False),
        (DEPLOY, PUSH, True),
        (DEPLOY, replace(PUSH, ref="refs/heads/topic"), False),
        (DEPLOY, replace(PUSH, ref="refs/heads/release/1"), True),
        (DEPLOY, replace(PUSH, ref="refs/heads/release/1/2"), False),
        (DEPLOY, replace(PUSH, changed=("README.md",)), False),
        (DEPLOY, DISPATCH, True),
    ],
)
def test_an_event_starts_a_workflow_that_waits_for_it(on: Any, event: Event, starts: bool) -> None:
    assert waits_for(on, event) is starts


@pytest.mark.parametrize(
    "on",
    [
        "workflow_run",
        "release",
        {"check_suite": {"types": ["rerequested"]}},
        {"issue_comment": {"types": ["creatd"]}},
        {"schedule": [{"cron": "0 3 * * *", "timezone": "UTC"}]},
        {"push": {"tags": ["v*"]}},
        {"push": {"paths": ["!docs/**"]}},
    ],
)
def test_a_trigger_the_harness_does_not_do_is_an_error(on: Any) -> None:
    with pytest.raises(HarnessError):
        waits_for(on, PUSH)


def test_inputs_are_null_unless_somebody_gave_them() -> None:
    assert dispatch_inputs(DEPLOY, PUSH) == {"target": None}
    assert dispatch_inputs(DEPLOY, DISPATCH) == {"target": "staging"}
    assert dispatch_inputs(DEPLOY, replace(DISPATCH, inputs={})) == {"target": "all"}


@pytest.mark.parametrize("inputs", [{"target": "prod"}, {"tarket": "all"}])
def test_an_input_that_is_not_offered_is_an_error(inputs: dict[str, str]) -> None:
    with pytest.raises(HarnessError):
        dispatch_inputs(DEPLOY, replace(DISPATCH, inputs=inputs))


def test_inputs_of_a_call_are_null_for_every_event() -> None:
    on = {**DEPLOY, "workflow_call": {"inputs": {"config": {"type": "string"}}}}
    assert dispatch_inputs(on, PUSH) == {"config": None, "target": None}
    assert dispatch_inputs(on, DISPATCH) == {"config": None, "target": "staging"}
