"""Functions, procedures and aggregates; and what is written down whole by PostgreSQL itself."""

import re
from collections.abc import Iterable

from bot.core.quoting import quoted
from bot.drafting.item import Item
from bot.drafting.steps import Alteration, Around, Step, Undrafted, altered, one
from bot.drafting.text import parts_of, path

_RETURNS = re.compile(r"\n RETURNS ([^\n]*)")


class Routines:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        return one(item.text("definition").rstrip() or item.text("created by"))

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP {item.kind.upper()} {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        if after.kind == "aggregate" or _head(before) != _head(after):
            return None
        return altered(self.create(after, around))


def _head(item: Item) -> tuple[str, str]:
    """What CREATE OR REPLACE leaves as it is: arguments, their defaults and what is returned."""
    text = item.text("definition")
    returned = _RETURNS.search(text)
    return text.partition("\n")[0], returned.group(1) if returned else ""


class Written:
    """Operators, operator classes, collations and text search, as the snapshot has their SQL."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        yield from one(item.text("created by"))
        for each in _mappings(item):
            yield from one(each)

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP {item.kind.upper()} {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return None


def _mappings(item: Item) -> list[str]:
    return item.text("mappings by").split("\n") if item.text("mappings by") else []


class Families:
    """Operator families that stand by themselves; a class of the same name makes its own."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        if ("operator class", item.identity) in around.current.items:
            return ()
        if item.text("operators") or item.text("functions"):
            why = "what is in it is not known by its statements"
            return [Undrafted(f"the operator family {item.identity} is to be made by hand: {why}")]
        return one(f"CREATE OPERATOR FAMILY {_family(item)}")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        if ("operator class", item.identity) in around.wanted.items:
            return ()
        return one(f"DROP OPERATOR FAMILY {_family(item)}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return Alteration((Undrafted(f"the operator family {after.identity} has other members"),))


def _family(item: Item) -> str:
    schema, name, method = parts_of(item.identity)
    return f"{path(schema, name)} USING {quoted(method)}"


class Casts:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        how = {"i": "WITH INOUT", "b": "WITHOUT FUNCTION"}.get(item.text("method"))
        how = how or f"WITH FUNCTION {item.text('function')}"
        when = {"a": " AS ASSIGNMENT", "i": " AS IMPLICIT"}.get(item.text("context"), "")
        return one(f"CREATE CAST {item.called} {how}{when}")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"DROP CAST {item.called}")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return None
