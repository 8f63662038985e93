"""From a method and a path to the function that answers."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from bot.demo.hub.accounts import User
from bot.demo.hub.events import Event, Events
from bot.demo.hub.links import Links
from bot.demo.hub.records import PullRequest, Repository, Topic
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.state import State
from bot.demo.hub.tokens import Token

# These parameters may hold slashes of their own.
_LONG = {"path", "basehead", "reference"}
_KINDS = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object"}


@dataclass(frozen=True)
class Answer:
    """A status with a JSON body; with `bytes` as its body, those bytes are sent as they are."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fields:
    """Named values of a call, which remember the names that were asked for."""

    all: Mapping[str, Any]
    asked: set[str] = field(default_factory=set)

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return self.all.get(name, default)

    @property
    def overlooked(self) -> list[str]:
        given = {name for name, value in self.all.items() if value not in (None, "", [], {})}
        return sorted(given - self.asked)


@dataclass(frozen=True)
class Request:
    """A call that was understood and is allowed. `values` are the parts of its path.

    `tell` keeps an event that the call caused.
    """

    state: State
    links: Links
    token: Token
    path: str
    values: Mapping[str, str]
    query: Fields
    body: Any
    accept: str
    fields: Fields
    tell: Callable[[Event], Event]

    @property
    def write(self) -> Events:
        return Events(self.state, self.links)

    @property
    def user(self) -> User:
        return self.token.owner

    @property
    def repository(self) -> Repository:
        return self.state.repository(f"{self.values['owner']}/{self.values['repo']}")

    @property
    def pull(self) -> PullRequest:
        found = self.repository.pulls.get(self.number("number"))
        if found is None:
            raise not_found()
        return found

    @property
    def topic(self) -> Topic:
        """The issue of that number, which may be a pull request."""
        number = self.number("number")
        found = self.repository.issues.get(number) or self.repository.pulls.get(number)
        if found is None:
            raise not_found()
        return found

    def number(self, name: str) -> int:
        """A number in the path; what is no number is not found."""
        if not self.values[name].isdigit():
            raise not_found()
        return int(self.values[name])

    def given(self, name: str, kind: type, default: Any = None) -> Any:
        """A field of the body, of the type that GitHub documents for it."""
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise _wrong_type(name, value, kind)
        return value

    def required(self, name: str, kind: type = str) -> Any:
        value = self.given(name, kind)
        if value is None:
            raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return value

    def chosen(self, name: str, choices: Iterable[str], default: str | None = None) -> Any:
        """A field of the body that must be one of a few words."""
        value = self.given(name, str, default)
        allowed = list(choices)
        if value is not None and value not in allowed:
            words = ", ".join(allowed)
            raise Refusal(422, f"Invalid request.\n\n{value} is not a member of [{words}].")
        return value


def _wrong_type(name: str, value: Any, kind: type) -> Refusal:
    sentence = f"For 'properties/{name}', {value!r} is not of type {_KINDS[kind]}."
    return Refusal(422, f"Invalid request.\n\n{sentence}")


Respond = Callable[[Request], Answer]


@dataclass(frozen=True)
class Route:
    """`needs` are the permissions of a token; None for what no repository guards."""

    method: str
    template: str
    needs: str | None
    respond: Respond

    def match(self, method: str, path: str) -> dict[str, str] | None:
        if method != self.method:
            return None
        found = re.fullmatch(_pattern(self.template), path)
        return None if found is None else {k: unquote(v) for k, v in found.groupdict().items()}


class Routes:
    """The routes of one subject."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def on(
        self, method: str, template: str, needs: str | None = None
    ) -> Callable[[Respond], Respond]:
        def register(respond: Respond) -> Respond:
            self.all.append(Route(method, template, needs, respond))
            return respond

        return register


def _pattern(template: str) -> str:
    pieces = re.split(r"\{(\w+)\}", template)
    names = ("(?P<" + n + ">" + ("[^?]*" if n in _LONG else "[^/]+") + ")" for n in pieces[1::2])
    literals = map(re.escape, pieces[0::2])
    return "".join(piece for pair in zip(literals, [*names, ""], strict=True) for piece in pair)
