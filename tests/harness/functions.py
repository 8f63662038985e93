"""The functions an expression may call, as far as our workflows use them."""

import json
import re
from collections.abc import Callable, Mapping

from tests.harness.values import HarnessError, Value, as_string, equal

Function = Callable[..., Value]


def contains(searched: Value, item: Value) -> bool:
    if isinstance(searched, list | tuple):
        return any(equal(each, item) for each in searched)
    return as_string(item).lower() in as_string(searched).lower()


def starts_with(searched: Value, start: Value) -> bool:
    return as_string(searched).lower().startswith(as_string(start).lower())


def ends_with(searched: Value, end: Value) -> bool:
    return as_string(searched).lower().endswith(as_string(end).lower())


def from_json(text: Value) -> Value:
    try:
        return json.loads(as_string(text))
    except ValueError as error:
        raise HarnessError(f"fromJSON: {error}") from error


def to_json(value: Value) -> str:
    return json.dumps(value, indent=2)


def join(items: Value, separator: Value = ",") -> str:
    listed = items if isinstance(items, list | tuple) else [items]
    return as_string(separator).join(as_string(item) for item in listed)


def format_(template: Value, *arguments: Value) -> str:
    """`{0}` is the first argument; `{{` and `}}` are braces."""

    def fill(match: re.Match[str]) -> str:
        found = match.group()
        if found in ("{{", "}}"):
            return found[0]
        if not re.fullmatch(r"\{\d+\}", found) or int(found[1:-1]) >= len(arguments):
            raise HarnessError(f"format: {found} stands for nothing")
        return as_string(arguments[int(found[1:-1])])

    return re.sub(r"\{\{|\}\}|\{[^{}]*\}|[{}]", fill, as_string(template))


COMMON: Mapping[str, Function] = {
    "contains": contains,
    "startswith": starts_with,
    "endswith": ends_with,
    "fromjson": from_json,
    "tojson": to_json,
    "join": join,
    "format": format_,
}


def status_functions(
    *, succeeded: bool, failed: bool, cancelled: bool = False
) -> dict[str, Function]:
    """What `success()` and its kin say, about the steps before this one or the jobs it needs.

    A needed job that was skipped has neither succeeded nor failed.
    """
    return {
        "always": lambda: True,
        "cancelled": lambda: cancelled,
        "failure": lambda: failed and not cancelled,
        "success": lambda: succeeded and not cancelled,
    }
