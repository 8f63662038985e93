"""How SQL calls each object of a schema, and what it stands on: what a draft wants to know."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.adapters.postgres.connection import Connection
from bot.core.schemas.schema import Attribute

Key = tuple[str, str]
Links = Mapping[Key, tuple[Attribute, ...]]
Identity = Callable[[Sequence[str]], str]


def read_links(connection: Connection, identity: Identity) -> Links:
    """The attributes to add to each object of a snapshot, by its key.

    `needs` is a list of keys as JSON. Those of a default are its column's `default needs`.
    """
    found: dict[Key, tuple[Attribute, ...]] = {}
    defaults: dict[str, str] = {}
    for kind, parts, attributes in connection.execute(_query()).fetchall():
        needs = _needs(attributes.pop("needs") or (), identity)
        if kind == "default":
            defaults[identity(parts)] = needs
            continue
        given = (*attributes.items(), ("needs", needs))
        found[kind, identity(parts)] = tuple(each for each in given if each[1] is not None)
    for column, needs in defaults.items():
        # A view's columns have defaults, too, and are none of their own.
        if ("column", column) in found:
            found["column", column] += (("default needs", needs),)
    return found


def _needs(pairs: Sequence[tuple[str, Any]], identity: Identity) -> str:
    return json.dumps([[kind, identity(parts)] for kind, parts in pairs], ensure_ascii=False)


@cache
def _query() -> bytes:
    return Path(__file__).with_name("links.sql").read_bytes()
