"""The validator finds what is wrong, and the description is whole."""

import ast
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

import bot.demo.hub
from bot.demo.hub import Call, Hub
from bot.demo.hub.api import ROUTES
from tests.openapi import trim
from tests.openapi.events import DESCRIPTION as EVENTS
from tests.openapi.events import described
from tests.openapi.validator import DESCRIPTION, OpenApiValidator, violations_of

COMMENTS = "/repos/acme/shop/issues/1/comments"


@pytest.fixture(scope="module")
def comment(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """A good call: a comment written, and the answer to it."""
    with Hub(tmp_path_factory.mktemp("hub")) as hub:
        hub.create_repository("acme/shop", files={"a": "a"})
        hub.push("acme/shop", "b", {"b": "b"}, author="ada")
        hub.open_pull_request("acme/shop", author="ada", head="b", title="B")
        headers = {"authorization": f"token {hub.token(permissions={'issues': 'write'})}"}
        url = f"{hub.api_url}{COMMENTS}"
        requests.post(url, headers=headers, json={"body": "Hello"}, timeout=5)
        return hub.calls[-1]


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def test_a_good_call_has_no_violations(comment: Call) -> None:
    assert comment.status == 201
    assert violations_of(comment) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"path": "/repos/acme/shop/nothing"}, "no such operation"),
        ({"method": "PUT"}, "no such operation"),
        ({"request_body": {}}, "request: .*'body' is a required property"),
        ({"request_body": {"body": 5}}, "request: /body 5 is not of type 'string'"),
        ({"request_body": {"body": "x", "bodi": "y"}}, "bodi in the body is not documented"),
        ({"query": {"per_pge": "100"}}, "per_pge in the query is not documented"),
        ({"status": 299}, "a status the description does not know"),
        ({"response_body": None}, "answer: "),
        ({"response_body": b"bytes"}, "bare bytes"),
        ({"status": 401, "response_body": {"message": "No"}}, "an error without documentation_url"),
    ],
)
def test_a_wrong_call_is_found(comment: Call, changes: dict[str, Any], sentence: str) -> None:
    [found] = violations_of(replace(comment, **changes))
    assert re.search(sentence, found)


@pytest.mark.parametrize("name", ["id", "user", "created_at", "issue_url"])
def test_an_answer_without_a_field_is_found(comment: Call, name: str) -> None:
    [found] = violations_of(replace(comment, response_body=without(comment.response_body, name)))
    assert f"'{name}' is a required property" in found


def test_a_word_outside_its_list_is_found(comment: Call) -> None:
    wrong = {**comment.response_body, "author_association": "FRIEND"}
    [found] = violations_of(replace(comment, response_body=wrong))
    assert "'FRIEND' is not one of" in found


def test_a_field_deep_inside_is_found(comment: Call) -> None:
    body = comment.response_body
    wrong = {**body, "user": without(body["user"], "login")}
    [found] = violations_of(replace(comment, response_body=wrong))
    assert "login" in found or "user" in found


def test_an_answer_that_was_ordered_is_not_held_against_the_hub(comment: Call) -> None:
    ordered = replace(comment, status=599, response_body="?", injected=True)
    assert violations_of(ordered) == []
    assert violations_of(replace(ordered, injected=False)) != []


def test_violations_are_collected_until_they_are_given_up(comment: Call) -> None:
    validator = OpenApiValidator()
    validator.check(comment)
    validator.require_clean()
    validator.check(replace(comment, request_body={}))
    with pytest.raises(AssertionError, match="required property"):
        validator.require_clean()
    assert len(validator.forgive()) == 1
    validator.require_clean()
    assert validator.checked == 2


def test_every_route_is_described_and_everything_described_is_a_route() -> None:
    described = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, operations in json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"].items()
        for method in operations
    }
    routes = {(route.method, re.sub(r"\{\w+\}", "{}", route.template)) for route in ROUTES}
    assert routes == described


def test_the_description_holds_nothing_that_trimming_would_still_take_away() -> None:
    whole = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    for kind, components in trim.trim(whole)["components"].items():
        assert components.keys() == whole["components"][kind].keys()
    assert DESCRIPTION.stat().st_size < 500_000


def test_the_description_of_events_holds_what_the_hub_writes_and_no_more() -> None:
    assert tuple(described()["events"]) == trim.EVENTS
    assert EVENTS.stat().st_size < 500_000


def test_the_hub_needs_nothing_but_the_standard_library() -> None:
    [folder] = bot.demo.hub.__path__
    for module in Path(folder).rglob("*.py"):
        for name in imported_by(module):
            inside = name.startswith("bot.demo.hub")
            assert inside or name.partition(".")[0] in sys.stdlib_module_names, f"{module}: {name}"


def imported_by(module: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found
