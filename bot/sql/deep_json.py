"""JSON of any depth; Python's own reader stops at its recursion limit."""

import json
import re
from json.decoder import JSONDecodeError
from typing import Any

# Up to the next bracket that is not in a string.
_BRACKET = re.compile(r'[^"{}\[\]]*+(?:"(?:[^"\\]|\\.)*+"[^"{}\[\]]*+)*+([{}\[\]])', re.DOTALL)
# As many levels as Python's reader is given at once.
_LEVELS = 100
# What stands for a part that was read before. Well-formed JSON has no such word.
_READ = "NaN"


def decode(text: str) -> Any:
    """The value of a well-formed JSON text. It is read in parts, the deepest first."""
    parts = [_Part(0)]
    depth = at = 0
    while found := _BRACKET.match(text, at):
        bracket, at = found.start(1), found.end()
        if text[bracket] in "{[":
            depth += 1
            if depth % _LEVELS == 0:
                parts[-1].stop(text, bracket)
                parts.append(_Part(bracket))
            continue
        if depth % _LEVELS == 0 and len(parts) > 1:
            inner = parts.pop()
            inner.stop(text, at)
            parts[-1].put(inner.value(), at)
        depth -= 1
    if depth or len(parts) != 1:
        raise JSONDecodeError("not one JSON value", text, at)
    parts[0].stop(text, len(text))
    return parts[0].value()


class _Part:
    """A value's text, without the parts of it that were read before; it goes on at `at`."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._text: list[str] = []
        self._inner: list[Any] = []

    def stop(self, text: str, end: int) -> None:
        self._text.append(text[self._at : end])

    def put(self, value: Any, at: int) -> None:
        """Here stands a value whose text ends at `at`."""
        self._text.append(_READ)
        self._inner.append(value)
        self._at = at

    def value(self) -> Any:
        inner = iter(self._inner)
        text = "".join(self._text)
        try:
            return json.loads(text, strict=False, parse_constant=lambda _: next(inner))
        except StopIteration as error:
            raise JSONDecodeError("not one JSON value", text, 0) from error
