"""Checks an event's payload against GitHub's own description of its webhooks."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema.exceptions import best_match
from openapi_schema_validator import OAS30Validator

from bot.demo.hub import Event

DESCRIPTION = Path(__file__).with_name("events.json")


@cache
def described() -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return found


def kind_of(event: Event) -> str:
    """The event's name and action, as GitHub's description joins them."""
    return "-".join(filter(None, (event.name, event.action))).replace("_", "-")


def violations_of(event: Event) -> list[str]:
    """What is wrong with a payload, each with the place where it stands."""
    whole, kind = described(), kind_of(event)
    if kind not in whole["events"]:
        return [f"no such event: {kind}"]
    schema = {**whole["events"][kind], "components": whole["components"]}
    # what goes over the wire is JSON
    payload = json.loads(json.dumps(event.payload))
    errors = OAS30Validator(schema).iter_errors(payload)
    deepest = [best_match([each]) or each for each in errors]
    return [f"/{'/'.join(map(str, each.absolute_path))} {each.message[:200]}" for each in deepest]
