"""JSON of any depth; Python's own reader stops at its recursion limit."""

import re
from json.decoder import JSONDecodeError, JSONDecoder
from typing import Any

_TOKEN = re.compile(r'[\s,:]*(?:([{\[])|([}\]])|(")|(-?[0-9][0-9.eE+-]*)|(true|false|null))')
_SCALAR = JSONDecoder(strict=False)
_WORDS = {"true": True, "false": False, "null": None}


def decode(text: str) -> Any:
    """The value of a well-formed JSON text; slower than json.loads, and never too deep."""
    holder: list[Any] = []
    stack: list[dict[str, Any] | list[Any]] = [holder]
    keys: list[str | None] = [None]
    at = 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        opened, closed, quote, number, word = match.groups()
        if closed:
            stack.pop()
            keys.pop()
            continue
        value: Any
        if quote:
            value, at = _SCALAR.raw_decode(text, match.start(3))
        elif opened:
            value = {} if opened == "{" else []
        elif number:
            value = float(number) if set(number) & set(".eE") else int(number)
        else:
            value = _WORDS[word]
        parent = stack[-1]
        if isinstance(parent, list):
            parent.append(value)
        elif keys[-1] is None:
            keys[-1] = value
        else:
            parent[keys[-1]] = value
            keys[-1] = None
        if opened:
            stack.append(value)
            keys.append(None)
    if len(stack) != 1 or len(holder) != 1 or text[at:].strip():
        raise JSONDecodeError("not one JSON value", text, at)
    return holder[0]
