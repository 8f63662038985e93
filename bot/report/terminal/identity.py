"""`identity` in a terminal."""

import json
from collections.abc import Iterator

from bot.core.targets.identity import read_mark
from bot.core.targets.server import Pooling, ServerFacts
from bot.core.targets.target import Target

_UNKNOWN = "not told by the server"
_POOLING = {
    Pooling.NONE: "the server itself",
    Pooling.SESSION: "a pooler in session mode",
    Pooling.TRANSACTION: "a transaction pooler",
}


def identity_text(target: Target, facts: ServerFacts) -> str:
    """Which database a target leads to, its mark, and the configuration that pins it."""
    return "\n".join([*_found(target, facts), "", *_pinning(target, facts)])


def claimed_text(name: str, mark: str) -> str:
    return f"The database is marked as {name} now:\n  {mark}"


def _found(target: Target, facts: ServerFacts) -> Iterator[str]:
    found, mark = facts.identity, read_mark(facts.comment)
    yield f"{target.name}"
    yield f"  system identifier  {found.system_identifier or _UNKNOWN}"
    yield f"  database           {found.database} (oid {found.oid})"
    yield f"  host               {found.host}"
    yield f"  answers            {_POOLING[facts.pooling]}, PostgreSQL {facts.version}"
    if mark is None:
        yield "  mark               none" + (" (the place is taken)" if facts.comment else "")
        return
    here = "" if mark.identity.is_same(found) else ", on another database"
    yield f"  mark               {mark.target}{here}"


def _pinning(target: Target, facts: ServerFacts) -> Iterator[str]:
    found = facts.identity
    pins = {
        "system_identifier": found.system_identifier,
        "database": found.database,
        "host": found.host,
    }
    yield "To refuse every other database:"
    yield "  targets:"
    yield f"    {json.dumps(target.name, ensure_ascii=False)}:"
    yield "      identity:"
    for key, value in pins.items():
        if value:
            yield f"        {key}: {json.dumps(value, ensure_ascii=False)}"
