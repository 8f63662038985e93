"""Sequences, and the columns that they belong to."""

from collections.abc import Iterable, Iterator

from bot.drafting.item import Item
from bot.drafting.steps import Alteration, Around, Step, altered, changed, one
from bot.drafting.text import literal

_WORDS = {
    "increment": "INCREMENT BY {}",
    "minimum": "MINVALUE {}",
    "maximum": "MAXVALUE {}",
    "start": "START WITH {}",
    "cache": "CACHE {}",
}


class Sequences:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        if item.has("of identity"):
            return
        unlogged = "UNLOGGED " if item.has("persistence") else ""
        yield from one(
            f"CREATE {unlogged}SEQUENCE {item.called} AS {item.text('type')} {parameters(item)}"
        )

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        if item.has("of identity"):
            return ()
        return one(f"DROP SEQUENCE {item.called}", loses=f"how far {item.identity} has counted")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if names & {"of identity", "owned by"}:
            return None
        steps: list[Step] = []
        if "persistence" in names:
            mode = "UNLOGGED" if after.has("persistence") else "LOGGED"
            steps += one(f"ALTER SEQUENCE {after.called} SET {mode}")
        if names - {"persistence"}:
            # Its type first: limits that were not set go with it.
            kind = f" AS {after.text('type')}" if "type" in names else ""
            steps += one(f"ALTER SEQUENCE {after.called}{kind} {parameters(after)}")
        return altered(steps)


def parameters(item: Item) -> str:
    """Without its type, which an identity has from its column."""
    words = [text.format(item.text(name)) for name, text in _WORDS.items() if item.text(name)]
    return " ".join([*words, "CYCLE" if item.has("cycle") else "NO CYCLE"])


class Ownerships:
    """Of a sequence that is dropped with its column, and counted on from what the column has."""

    def create(self, item: Item, around: Around) -> Iterator[Step]:
        owner = item.text("owned by")
        yield from one(f"ALTER SEQUENCE {item.called} OWNED BY {owner}")
        column = around.wanted.columns.get(owner)
        if column is None or ("sequence", item.identity) not in around.made:
            return
        if column.key not in around.made:
            yield from counted_on(item.called, column)

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"ALTER SEQUENCE {item.called} OWNED BY NONE")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered(one(f"ALTER SEQUENCE {after.called} OWNED BY {after.text('owned by')}"))


def counted_on(sequence: str, column: Item) -> Iterable[Step]:
    """Without a row it starts where it starts."""
    last = f"(SELECT max({column.called}) FROM {column.table})"  # noqa: S608
    return one(f"SELECT pg_catalog.setval({literal(sequence)}, {last})")
