"""What a comment, an owner or a right is about."""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.drafting.item import RELATIONS, ROUTINES, TYPES, Item, Key

_LAST = re.compile(r'\.(?:"(?:[^"]|"")*"|[^".]+)$')
_DEFAULT = re.compile(r" in (.*) [a-zA-Z]$")


def subjects_of(item: Item) -> set[str]:
    """The ways in which something may say that it is about this."""
    return {each for each in (item.text("known as"), *_owned(item)) if each}


def _owned(item: Item) -> Iterator[str]:
    if item.kind == "schema":
        yield f"schema {item.called}"
    elif item.kind in (*RELATIONS, "sequence"):
        yield f"relation {item.called}"
    elif item.kind in ROUTINES:
        yield f"function {item.called}"
    elif item.kind in TYPES:
        yield f"type {item.called}"
    elif item.kind in ("foreign server", "foreign data wrapper", "language"):
        yield f"{item.kind} {item.called}"
    elif item.kind == "column":
        yield f"column {item.table}.{item.called}"


def about(key: Key) -> set[str]:
    """What has to be there for it, in those ways."""
    kind, identity = key
    if kind == "grant" and identity.startswith("default "):
        match = _DEFAULT.search(identity)
        return {f"schema {match.group(1)}"} if match else set()
    if kind == "security label":
        identity = identity.partition(" on ")[2]
    found = {identity}
    whole = _LAST.sub("", identity)
    if kind == "grant" and identity.startswith("column "):
        found.add(f"relation {whole.removeprefix('column ')}")
    elif " column " in identity:
        found.add(whole.replace(" column ", " ", 1).replace("composite type ", "type ", 1))
    elif identity.startswith("domain constraint "):
        found.add(f"type {identity.rpartition(' on ')[2]}")
    return found


def by_subject(items: Iterable[Item]) -> Mapping[str, frozenset[Key]]:
    """The objects by each of the ways."""
    found: dict[str, frozenset[Key]] = {}
    for item in items:
        for each in subjects_of(item):
            found[each] = found.get(each, frozenset()) | {item.key}
    return found
