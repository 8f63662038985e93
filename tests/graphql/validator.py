"""Checks a recorded GraphQL call, document and answer, against GitHub's own schema."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSyntaxError,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from bot.demo.hub import Call

SCHEMA = Path(__file__).with_name("github.graphql")
PATHS = ("/graphql", "/api/graphql")
FIELDS = {"query", "variables", "operationName"}
# Where the answer does not say which of them it is, any will do: they are asked for the same.
USUAL = {"Actor": "User", "Minimizable": "PullRequestReviewComment"}


@cache
def schema() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


def violations_of(call: Call) -> list[str]:
    """What is wrong with one call. An answer that a test ordered is not held against it."""
    return [f"{call.method} {call.path} -> {call.status}: {each}" for each in _sentences(call)]


def _sentences(call: Call) -> Iterator[str]:
    body = call.request_body
    if not isinstance(body, Mapping) or not isinstance(body.get("query"), str):
        yield "request: no document"
        return
    if unknown := sorted(set(body) - FIELDS):
        yield f"request: {', '.join(unknown)} is not documented"
    try:
        document = parse(body["query"])
    except GraphQLSyntaxError as error:
        yield f"request: {error.message}"
        return
    errors = validate(schema(), document)
    yield from (f"request: {error.message}" for error in errors)
    if not errors and not call.injected and call.status == 200:
        yield from _answer_sentences(call.response_body, body)


def _answer_sentences(answer: Any, body: Mapping[str, Any]) -> Iterator[str]:
    """Give the answer's own data to an executor of the schema: it must come out as it went in."""
    if not isinstance(answer, Mapping) or not ({"data", "errors"} & answer.keys()):
        yield "answer: neither data nor errors"
        return
    for error in answer.get("errors", ()):
        if not isinstance(error.get("message"), str):
            yield "answer: an error without message"
    data = answer.get("data")
    if data is None:
        return
    done = execute_sync(
        schema(),
        parse(body["query"]),
        root_value=data,
        variable_values=body.get("variables"),
        field_resolver=_given,
        type_resolver=lambda value, info, kind: value.get("__typename", USUAL[kind.name]),
    )
    yield from (f"answer: {error.message}" for error in done.errors or ())
    if not done.errors and done.data != data:
        yield "answer: it holds what was not asked for"


def _given(source: Any, info: GraphQLResolveInfo[Any], **_: Any) -> Any:
    """What the answer has under the name that was asked for."""
    if info.path.key not in source:
        raise KeyError(f"{info.path.key} is missing")
    return source[info.path.key]
