"""GraphQL documents, as far as one operation without fragments goes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"(?P<skipped>[\s,]+|#[^\n]*)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    r"|(?P<name>[_A-Za-z]\w*)"
    r"|(?P<sign>[{}():$!=\[\]])"
)
_WORDS = {"true": True, "false": False, "null": None}


class NotGraphql(Exception):
    """The document cannot be read, or asks without bounds; the message is told to the caller."""


@dataclass(frozen=True)
class Field:
    """A field that is asked for, under the name it shall have in the answer."""

    key: str
    name: str
    arguments: Mapping[str, Any]
    selection: tuple["Field", ...]


@dataclass(frozen=True)
class Operation:
    """`kind` is query or mutation."""

    kind: str
    selection: tuple[Field, ...]


def read(document: str, variables: Mapping[str, Any]) -> Operation:
    """The operation with its variables in their places."""
    return _Reader(_tokens(document), variables).operation()


def _tokens(document: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while position < len(document):
        match = _TOKEN.match(document, position)
        if match is None or match.lastgroup is None:
            raise NotGraphql(f"Unexpected character {document[position]!r}")
        if match.lastgroup != "skipped":
            found.append((match.lastgroup, match.group()))
        position = match.end()
    return [*found, ("end", "")]


class _Reader:
    """Takes token after token."""

    def __init__(self, tokens: list[tuple[str, str]], variables: Mapping[str, Any]) -> None:
        self._tokens = tokens
        self._variables = dict(variables)

    def operation(self) -> Operation:
        kind = "query"
        if self._tokens[0][0] == "name":
            kind = self._name()
            if kind not in ("query", "mutation"):
                raise NotGraphql(f"The hub does no {kind}")
            if self._tokens[0][0] == "name":
                self._name()
            self._declared()
        selection = self._selection()
        self._expect("")
        return Operation(kind, selection)

    def _declared(self) -> None:
        """Variables that are declared and not given are null, or what they are by default."""
        if not self._took("("):
            return
        while not self._took(")"):
            self._expect("$")
            name = self._name()
            self._expect(":")
            self._type()
            default = self._value() if self._took("=") else None
            self._variables.setdefault(name, default)

    def _type(self) -> None:
        if self._took("["):
            self._type()
            self._expect("]")
        else:
            self._name()
        self._took("!")

    def _selection(self) -> tuple[Field, ...]:
        self._expect("{")
        found = []
        while not self._took("}"):
            found.append(self._field())
        return tuple(found)

    def _field(self) -> Field:
        key = name = self._name()
        if self._took(":"):
            name = self._name()
        arguments = self._pairs(")") if self._took("(") else {}
        below = self._selection() if self._tokens[0][1] == "{" else ()
        return Field(key, name, arguments, below)

    def _pairs(self, end: str) -> dict[str, Any]:
        found = {}
        while not self._took(end):
            name = self._name()
            self._expect(":")
            found[name] = self._value()
        return found

    def _value(self) -> Any:
        if self._took("$"):
            name = self._name()
            if name not in self._variables:
                raise NotGraphql(f"Variable ${name} is used but not declared")
            return self._variables[name]
        if self._took("{"):
            return self._pairs("}")
        if self._took("["):
            found = []
            while not self._took("]"):
                found.append(self._value())
            return found
        kind, text = self._tokens.pop(0)
        if kind in ("string", "number"):
            return json.loads(text)
        if kind == "name":
            return _WORDS.get(text, text)
        raise NotGraphql(f"Expected a value, and found {text or 'the end'}")

    def _name(self) -> str:
        kind, text = self._tokens.pop(0)
        if kind != "name":
            raise NotGraphql(f"Expected a name, and found {text or 'the end'}")
        return text

    def _took(self, sign: str) -> bool:
        if self._tokens[0] != ("sign", sign):
            return False
        self._tokens.pop(0)
        return True

    def _expect(self, sign: str) -> None:
        if self._tokens[0][1] != sign:
            found = self._tokens[0][1] or "the end"
            raise NotGraphql(f"Expected {sign or 'the end'}, and found {found}")
        if sign:
            self._tokens.pop(0)
