"""Every event of the hub has the payload that GitHub describes."""

from dataclasses import replace
from typing import Any

import pytest

from bot.demo.hub import Event, Hub
from bot.demo.hub.outcomes import CheckRun
from tests.hub import SECOND, SHOP
from tests.openapi.events import kind_of, violations_of
from tests.openapi.trim import EVENTS


def propose(hub: Hub) -> None:
    hub.push(SHOP, "second", {SECOND: "SELECT 1;\n"}, author="ada")
    hub.open_pull_request(SHOP, author="ada", head="second", title="Second")


def talk(hub: Hub) -> None:
    written = hub.comment(SHOP, 1, author="mia", body="Why?").payload["comment"]["id"]
    hub.edit_comment(SHOP, 1, written, author="mia", body="Why not?")
    hub.delete_comment(SHOP, 1, written, author="mia")
    hub.request_review(SHOP, 1, author="ada", reviewer="mia")
    for given in (True, False):
        hub.assign(SHOP, 1, author="mia", assignee="ada", given=given)
    left = hub.review(SHOP, 1, author="mia").payload["review"]["id"]
    hub.dismiss(SHOP, 1, left, author="acme")


def change(hub: Hub) -> None:
    hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="ada", replace=True)
    hub.push(SHOP, "next", {"n": "n"}, author="mia")
    hub.edit_pull_request(SHOP, 1, author="ada", title="Another", base="next")
    hub.edit_pull_request(SHOP, 1, author="ada", base="main")
    for draft in (True, False):
        hub.set_draft(SHOP, 1, draft, author="ada")
    hub.close(SHOP, 1, author="ada")
    hub.reopen(SHOP, 1, author="ada")


def run(hub: Hub) -> None:
    hub.record_run(hub.events[-1], workflow=".github/workflows/c.yml", conclusion="success")
    hub.dispatch(SHOP, "c.yml", author="mia", inputs={"target": "staging"})
    at, app = hub.repository(SHOP), hub.state.user("migration-bot[bot]")
    now = "2026-11-02T09:00:00Z"
    made = CheckRun(5, "Migrations", at.pulls[1].head_sha, app, "completed", "success", now, now)
    at.check_runs[made.id] = made
    hub.rerequest(SHOP, made.id, author="ada")
    hub.rerequest_suite(SHOP, app.login, made.head_sha, author="ada")


def merge(hub: Hub) -> None:
    hub.queue(SHOP, 1, author="mia")
    hub.merge(SHOP, 1, author="mia")
    hub.revert(SHOP, 1, author="mia")


def test_every_event_is_as_github_describes_it(hub: Hub) -> None:
    for part in (propose, talk, change, run, merge):
        part(hub)
    wrong = {kind_of(each): found for each in hub.events if (found := violations_of(each))}
    assert wrong == {}
    assert {kind_of(each) for each in hub.events} == set(EVENTS)


def test_the_events_of_a_fork_are_as_github_describes_them(hub: Hub) -> None:
    hub.fork(SHOP, author="zoe")
    hub.push("zoe/shop", "mine", {SECOND: "SELECT 1;\n"}, author="zoe")
    event = hub.open_pull_request(
        SHOP, author="zoe", head="mine", head_repository="zoe/shop", title="F"
    )
    hub.record_run(event, workflow=".github/workflows/c.yml", conclusion="failure")
    assert [violations_of(each) for each in hub.events] == [[]] * 3


@pytest.fixture
def opened(hub: Hub) -> Event:
    propose(hub)
    return hub.events[-1]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "one"}, "/number 'one' is not of type 'integer'"),
        ({"pull_request": {}}, "is a required property"),
        ({"repository": None}, "/repository None"),
        ({"action": "opende"}, "no such event: pull-request-opende"),
    ],
)
def test_a_payload_that_github_would_not_write_is_found(
    opened: Event, wrong: dict[str, Any], sentence: str
) -> None:
    assert violations_of(opened) == []
    found = violations_of(replace(opened, payload={**opened.payload, **wrong}))
    assert sentence in " ".join(found)
