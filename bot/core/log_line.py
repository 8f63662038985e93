"""What is said on standard error, as a line of JSON for machines: `--log-format json`.

The lines of a rollout's log stand between them. docs/reference/json-log.md tells the same to
people, and log.schema.json to programs.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.core.instant import instant
from bot.core.rollouts.rollout_log import COMMON, FIELDS, SCHEMA, Value


class Saying(StrEnum):
    """Beside the events of a rollout."""

    SAID = "said"
    ERROR = "error"


SAID: Mapping[Saying, Mapping[str, str]] = {
    Saying.SAID: {
        "verb": "The verb that was asked for",
        "message": "What is going on, in words that may change",
    },
    Saying.ERROR: {
        "verb": "The verb that was asked for; empty if none was understood",
        "code": "The exit code that the command ends with",
        "error": "The kind of error",
        "message": "What happened",
        "hint": "What to do next",
    },
}
ALWAYS = {name: COMMON[name] for name in ("schema", "time", "event")}

_STRING = {"type": "string"}
_STRINGS = {"type": "array", "items": _STRING}
_INTEGERS = (
    *("schema", "pid", "backend", "code", "place", "of", "index", "line", "rows", "changed"),
    *("expected", "segment", "attempt", "attempts", "size", "more"),
)
_TYPES: Mapping[str, Mapping[str, object]] = {
    **{name: {"type": "integer"} for name in _INTEGERS},
    **dict.fromkeys(("pending", "interrupted", "differences", "blockers"), _STRINGS),
    **{name: {"type": "boolean"} for name in ("agrees", "open", "looked", "resumed")},
    "seconds": {"type": "number"},
    "time": {"type": "string", "format": "date-time"},
}
# Where a name has another type than elsewhere, or may have none.
_SPECIAL: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("plan", "applied"): {"type": "integer"},
    ("stopped", "applied"): _STRINGS,
    ("done", "applied"): _STRINGS,
    ("stopped", "migration"): {"type": ["string", "null"]},
    ("verify", "fine"): {"type": ["boolean", "null"]},
    ("heartbeat", "percent"): {"type": ["number", "null"]},
}


def said(verb: str, message: str, at: datetime) -> dict[str, Value]:
    return {**_head(at, Saying.SAID), "verb": verb, "message": message}


def failed(
    verb: str, *, error: str, code: int, message: str, hint: str, at: datetime
) -> dict[str, Value]:
    about: dict[str, Value] = {"verb": verb, "code": code, "error": error}
    return {**_head(at, Saying.ERROR), **about, "message": message, "hint": hint}


def log_schema() -> dict[str, object]:
    """The JSON Schema of every line, those of rollouts too."""
    kinds = [_kind(event.value, ALWAYS, fields) for event, fields in SAID.items()]
    kinds += [_kind(event.value, COMMON, fields) for event, fields in FIELDS.items()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line that migration-bot writes with --log-format json, or to --log FILE",
        "type": "object",
        "required": list(ALWAYS),
        "oneOf": kinds,
    }


def _kind(event: str, common: Mapping[str, str], fields: Mapping[str, str]) -> Mapping[str, object]:
    """Fields may be added at any time, so that others are allowed."""
    properties: dict[str, object] = {
        name: {**(_SPECIAL.get((event, name)) or _TYPES.get(name, _STRING)), "description": what}
        for name, what in {**common, **fields}.items()
    }
    properties["event"] = {"const": event, "description": common["event"]}
    return {"required": [*common, *fields], "properties": properties}


def _head(at: datetime, event: Saying) -> dict[str, Value]:
    return {"schema": SCHEMA, "time": instant(at), "event": event.value}
