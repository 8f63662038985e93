"""Checks a recorded call, request and answer, against GitHub's own description of its API."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema.exceptions import ValidationError, best_match
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from bot.demo.hub import Call
from tests.graphql import validator as graphql

DESCRIPTION = Path(__file__).with_name("github.json")
GITHUB = "https://api.github.com"
# These last parameters may hold slashes, or nothing at all, which no template of OpenAPI can say.
_LONG = re.compile(r"(/repos/[^/]+/[^/]+/(?:contents|git/ref|compare)/)(.*)")
_PORT = re.compile(r"127\.0\.0\.1:\d+")
# Calls that were read before, and in which nothing was wrong.
_FINE: set[str] = set()
# Errors that any route may give, though the description does not list them everywhere.
_ANYWHERE = frozenset({400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504})


@cache
def description() -> OpenAPI:
    return OpenAPI.from_dict(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


@dataclass
class OpenApiValidator:
    """Collects the ways in which calls depart from the description.

    Its `check` is made for `Hub(on_call=…)`; a test asserts that there are no `violations`.
    """

    violations: list[str] = field(default_factory=list)
    checked: int = 0

    def check(self, call: Call) -> None:
        self.checked += 1
        key = _key(call)
        if key not in _FINE:
            found = violations_of(call)
            self.violations += found
            if not found:
                _FINE.add(key)

    def forgive(self) -> list[str]:
        """Give up the violations so far, for a test that means them."""
        given_up, self.violations = self.violations, []
        return given_up

    def require_clean(self) -> None:
        if self.violations:
            told = "\n".join(self.violations)
            raise AssertionError(f"GitHub would not know this traffic:\n{told}")


def _key(call: Call) -> str:
    """What a verdict depends on, wherever the hub has its port: many tests say the same, and each
    reading takes as long as the call itself."""
    named = {name: call.request_headers.get(name, "") for name in ("accept", "content-type")}
    asked = (call.method, call.path, call.query, named, call.request_body)
    whole = repr((asked, call.status, call.response_body, call.injected))
    return sha256(_PORT.sub("", whole).encode()).hexdigest()


def violations_of(call: Call) -> list[str]:
    """What is wrong with one call. An answer that a test ordered is not held against it."""
    if call.path in graphql.PATHS:
        return graphql.violations_of(call)
    about = f"{call.method} {call.path} -> {call.status}: "
    return [about + sentence for sentence in _sentences(call)]


def _sentences(call: Call) -> Iterator[str]:
    request = _request(call)
    operation = _operation(request)
    if operation is None:
        yield "no such operation"
        return
    for error in description().iter_request_errors(request):
        yield f"request: {_explained(error)}"
    yield from _unknown_names(call, operation)
    if not call.injected:
        yield from _answer_sentences(call, request, operation)


def _answer_sentences(call: Call, request: MockRequest, operation: dict[str, Any]) -> Iterator[str]:
    if str(call.status) not in operation["responses"]:
        yield from _undocumented(call)
    elif not isinstance(call.response_body, bytes):
        for error in description().iter_response_errors(request, _response(call)):
            yield f"answer: {_explained(error)}"
    elif "raw" not in call.request_headers.get("accept", ""):
        yield "answer: bare bytes, which were not asked for"


def _undocumented(call: Call) -> Iterator[str]:
    """An error that the description leaves out must at least have GitHub's usual body."""
    if call.status not in _ANYWHERE:
        yield "answer: a status the description does not know"
        return
    body = call.response_body
    for name in ("message", "documentation_url"):
        if not isinstance(body, dict) or not isinstance(body.get(name), str):
            yield f"answer: an error without {name}"


def _request(call: Call) -> MockRequest:
    path = _LONG.sub(lambda found: found[1] + (quote(found[2], safe="%.") or "."), call.path)
    headers, sent = dict(call.request_headers), call.request_body
    given = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    body = None if sent is None else given
    return MockRequest(
        GITHUB, call.method.lower(), path, args=dict(call.query), headers=headers, data=body
    )


def _response(call: Call) -> MockResponse:
    body = b"" if call.response_body is None else json.dumps(call.response_body).encode()
    return MockResponse(body, call.status, headers=dict(call.response_headers))


def _operation(request: MockRequest) -> dict[str, Any] | None:
    """The description's entry for a call; of several templates that fit, the most literal."""
    whole = _raw()["paths"]
    fitting = [path for path in whole if re.fullmatch(_pattern(path), request.path)]
    best = min(fitting, key=lambda path: path.count("{"), default=None)
    found: dict[str, Any] | None = None if best is None else whole[best].get(request.method)
    return found


@cache
def _raw() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return loaded


def _pattern(template: str) -> str:
    pieces = re.split(r"(\{\w+\})", template)
    return "".join("[^/]+" if each.startswith("{") else re.escape(each) for each in pieces)


def _unknown_names(call: Call, operation: dict[str, Any]) -> Iterator[str]:
    """Names that GitHub would overlook in silence: a slip of ours, most likely."""
    parameters = [_resolved(each) for each in operation.get("parameters", [])]
    queries = {each["name"] for each in parameters if each["in"] == "query"}
    for name in sorted(call.query.keys() - queries):
        yield f"request: {name} in the query is not documented"
    content = operation.get("requestBody", {}).get("content", {})
    schema = _resolved(content.get("application/json", {}).get("schema", {}))
    if isinstance(call.request_body, dict) and "properties" in schema:
        for name in sorted(call.request_body.keys() - schema["properties"].keys()):
            yield f"request: {name} in the body is not documented"


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: dict[str, Any] = _raw()
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _explained(error: Exception) -> str:
    """The reasons inside the reason: openapi-core wraps what the schema had to say."""
    inner = getattr(error.__cause__, "schema_errors", [])
    details = [f"{_where(each)}{_short(each.message)}" for each in map(_deepest, inner)]
    return "; ".join(details) or f"{type(error).__name__}: {_short(str(error))}"


def _deepest(error: ValidationError) -> ValidationError:
    return best_match([error]) or error


def _where(error: ValidationError) -> str:
    return "".join(f"/{step}" for step in error.absolute_path) + " "


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:140]} … {text[-140:]}"
