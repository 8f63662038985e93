"""GitHub's values: null, boolean, number, string, object and array, and how one becomes another."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Value = Any  # None, bool, float, int, str, a mapping or a sequence: what JSON can hold


class HarnessError(Exception):
    """Something the harness does not do, or does not know. Never passed over in silence."""


class StepFailed(Exception):
    """A step that stands in for an action of somebody else's fails, as the real one would."""


class Strict(dict[str, Value]):
    """A context that knows all its properties: asking for another one is a mistake."""

    def __init__(self, name: str, properties: Mapping[str, Value]) -> None:
        super().__init__(properties)
        self.name = name


def look_up(owner: Value, key: Value) -> Value:
    """A property or an item. Names ignore case; what is not there is null, except in a Strict."""
    if isinstance(owner, Mapping):
        for name, value in owner.items():
            if str(name).lower() == as_string(key).lower():
                return value
        if isinstance(owner, Strict):
            raise HarnessError(f"{owner.name} has no {as_string(key)}")
    elif isinstance(owner, Sequence) and not isinstance(owner, str):
        index = as_number(key)
        if index == index and 0 <= index < len(owner):
            return owner[int(index)]
    return None


def truthy(value: Value) -> bool:
    if isinstance(value, bool | int | float):
        return bool(value) and value == value
    return value is not None and value != ""


def as_number(value: Value) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, str):
        return _number_of(value.strip())
    return math.nan


def _number_of(text: str) -> float:
    if not text:
        return 0.0
    try:
        return float(int(text, 0)) if text[:2].lower() in ("0x", "0o") else float(text)
    except ValueError:
        return math.nan


def as_string(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return "Object"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "Array"
    return str(value)


def equal(left: Value, right: Value) -> bool:
    """GitHub's loose equality: strings ignore case, different kinds are compared as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if left is None and right is None:
        return True
    for value in left, right:
        if isinstance(value, Mapping | list | tuple):
            return left is right
    return as_number(left) == as_number(right)
