"""The validator finds what GitHub's schema does not have."""

from dataclasses import replace
from typing import Any

import pytest

from bot.demo.hub import Call
from tests.graphql.trim import FIELDS
from tests.graphql.validator import SCHEMA, schema, violations_of

DOCUMENT = """
query One($number: Int!) {
  repository(owner: "acme", name: "shop") {
    pullRequest(number: $number) { n: number reviewThreads(first: 5) { totalCount } }
  }
}
"""
PULL = {"n": 1, "reviewThreads": {"totalCount": 0}}
CALL = Call(
    method="POST",
    path="/graphql",
    query={},
    request_headers={},
    request_body={"query": DOCUMENT, "variables": {"number": 1}},
    status=200,
    response_headers={},
    response_body={"data": {"repository": {"pullRequest": PULL}}},
    owner="ada",
)


def answered(pull: Any, **more: Any) -> Call:
    return replace(CALL, response_body={"data": {"repository": {"pullRequest": pull}}, **more})


def asked(document: str, **variables: Any) -> Call:
    return replace(CALL, request_body={"query": document, "variables": variables})


def test_a_good_call_has_no_violations() -> None:
    assert violations_of(CALL) == []
    refused = {"message": "Resource not accessible by integration", "type": "FORBIDDEN"}
    assert violations_of(answered(None, errors=[refused])) == []
    assert violations_of(replace(CALL, response_body="?", injected=True)) == []


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (asked("query {"), "Syntax Error"),
        (asked('{ repository(name: "shop") { id } }'), "of type 'String!' is required"),
        (asked("{ sponsors { login } }"), "Cannot query field 'sponsors'"),
        (asked(DOCUMENT.replace("Int!", "String!"), number="1"), "expecting type 'Int!'"),
        (asked(DOCUMENT), "Variable '$number'"),
        (replace(CALL, request_body={"quary": ""}), "no document"),
        (replace(CALL, request_body={**CALL.request_body, "more": 1}), "more is not documented"),
        (replace(CALL, response_body=None), "neither data nor errors"),
        (replace(CALL, response_body={"errors": [{}]}), "an error without message"),
        (answered({**PULL, "n": "one"}), "Int cannot represent"),
        (answered({**PULL, "n": None}), "Cannot return null"),
        (answered({"n": 1}), "reviewThreads is missing"),
        (answered({**PULL, "more": 1}), "holds what was not asked for"),
    ],
)
def test_a_wrong_call_is_found(call: Call, sentence: str) -> None:
    [found] = violations_of(call)
    assert sentence in found


def test_the_schema_is_githubs_and_no_larger_than_what_is_kept() -> None:
    owners = {name for name, kind in schema().type_map.items() if hasattr(kind, "fields")}
    kept = {name for name in owners if not name.startswith("__") and not name.endswith("Input")}
    assert kept == set(FIELDS)
    assert SCHEMA.stat().st_size < 10_000
