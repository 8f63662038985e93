"""Conversations with vendors, replayed: each request has to be the one that was written down."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import responses
from responses import matchers
from responses.registries import OrderedRegistry

HERE = Path(__file__).parent
TOKEN = "canary-token"


@contextmanager
def conversation(name: str) -> Iterator[responses.RequestsMock]:
    """In its order, to the end, and with the token in every request."""
    told = json.loads((HERE / "conversations" / f"{name}.json").read_text("utf-8"))
    assert "not recorded live" in told["about"]
    with responses.RequestsMock(registry=OrderedRegistry) as replay:
        for each in told["exchanges"]:
            _add(replay, each["request"], each["response"])
        yield replay


def _add(replay: responses.RequestsMock, request: Any, answer: Any) -> None:
    match: list[Any] = [
        matchers.header_matcher({"authorization": f"Bearer {TOKEN}"}),
        matchers.query_param_matcher(request.get("query", {})),
    ]
    if "body" in request:
        match.append(matchers.json_params_matcher(request["body"]))
    body = answer["body"]
    replay.add(
        request["method"],
        request["url"],
        status=answer["status"],
        body="" if body is None else json.dumps(body),
        headers=answer.get("headers"),
        match=match,
    )
