"""Columns, their defaults, and that they must not be NULL."""

from collections.abc import Iterable, Iterator

from bot.core.quoting import quoted
from bot.drafting.item import TYPES, Item
from bot.drafting.kinds.casting import default_storage, fits, needs_using
from bot.drafting.kinds.sequences import counted_on, parameters
from bot.drafting.steps import Alteration, Around, Step, altered, changed, one
from bot.drafting.text import array, literal, options, written

_STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "x": "EXTENDED", "m": "MAIN"}
_COMPRESSION = {"p": "pglz", "l": "lz4"}


class Columns:
    def create(self, item: Item, around: Around) -> Iterator[Step]:
        if item.has("taken over"):
            return
        later = filled_later(item, around)
        words = column_words(item, around, not_null=not later)
        yield from one(f"ALTER TABLE {item.table} ADD COLUMN {words}")
        yield from settings(item)

    def drop(self, item: Item, around: Around) -> Iterator[Step]:
        if item.has("taken over"):
            return
        loses = "" if item.has("generated") else f"the values of {item.identity}"
        yield from one(f"ALTER TABLE {item.table} DROP COLUMN {item.called}", loses=loses)

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        names = changed(before, after)
        if "generated" in names and after.has("generated"):
            return None
        if after.has("taken over") and before.has("taken over"):
            names -= {"type", "collation", "generated"}
        disturbs = {after.key} if names & {"type", "collation"} else set()
        return altered(_altered(before, after, names, around), disturbs=disturbs)


def filled_later(item: Item, around: Around) -> bool:
    """Whether rows that are there would have nothing in it."""
    made = ("table", item.home) in around.made
    has = item.has("identity") or item.has("generated") or around.wanted.default_of(item)
    return item.has("not null") and not made and not has


def column_words(item: Item, around: Around, *, not_null: bool = True) -> str:
    """A column as it stands in CREATE TABLE and behind ADD COLUMN."""
    words = [item.called, item.text("type")]
    words += _collated(item)
    if item.text("compression"):
        words.append(f"COMPRESSION {_COMPRESSION[item.text('compression')]}")
    if item.has("generated"):
        words.append(_generated(item))
    elif item.has("identity"):
        words.append(_identity(item, around))
    elif default := inlined(item, around):
        words.append(f"DEFAULT {default.text('default')}")
    if item.has("not null") and not_null:
        words.append("NOT NULL")
    if item.has("foreign options"):
        given = options(item.text("foreign options"))
        words.append(
            f"OPTIONS ({', '.join(f'{quoted(k)} {literal(v)}' for k, v in given.items())})"
        )
    return " ".join(words)


def inlined(item: Item, around: Around) -> Item | None:
    """Its default, unless that cannot be there before the table is."""
    default = around.wanted.default_of(item)
    if default is None:
        return None
    table = ("table", item.home)
    others = default.needs - {item.key}
    return None if any(around.wanted.reaches(each, table) for each in others) else default


def _collated(item: Item) -> list[str]:
    return [f"COLLATE {item.text('collation')}"] if item.text("collation") else []


def _generated(item: Item) -> str:
    kind, _, expression = item.text("generated").partition(" ")
    return f"GENERATED ALWAYS AS ({expression}) {kind.upper()}"


def _identity(item: Item, around: Around) -> str:
    sequence = around.wanted.owned.get(item.key)
    inside = f" (SEQUENCE NAME {sequence.called} {parameters(sequence)})" if sequence else ""
    return f"GENERATED {item.text('identity').upper()} AS IDENTITY{inside}"


def settings(item: Item) -> Iterator[Step]:
    """What has no place in a column's definition."""
    start = f"ALTER TABLE {item.table} ALTER COLUMN {item.called} "
    if item.text("storage"):
        yield from one(f"{start}SET STORAGE {_STORAGE[item.text('storage')]}")
    if item.text("statistics"):
        yield from one(f"{start}SET STATISTICS {item.text('statistics')}")
    if item.has("options"):
        yield from one(f"{start}SET ({written(options(item.text('options')))})")


def _altered(before: Item, after: Item, names: set[str], around: Around) -> Iterator[Step]:
    start = f"ALTER TABLE {after.table} ALTER COLUMN {after.called} "
    if "identity" in names and not after.has("identity"):
        yield from one(f"{start}DROP IDENTITY")
    if "generated" in names:
        yield from one(f"{start}DROP EXPRESSION")
    if names & {"type", "collation"}:
        yield from _retyped(before, after, start)
    if "not null" in names and not after.has("not null"):
        yield from one(f"{start}DROP NOT NULL")
    elif "not null" in names:
        yield from one(f"{start}SET NOT NULL", needs=_no_null(after))
    if "identity" in names and after.has("identity"):
        yield from _identified(before, after, start, around)
    yield from _tuned(before, after, names, start)


def _no_null(item: Item) -> str:
    return f"no row has NULL in {item.identity}"


def _retyped(before: Item, after: Item, start: str) -> Iterator[Step]:
    old, new = before.text("type"), after.text("type")
    words = " ".join([f"{start}TYPE {new}", *_collated(after)])
    if needs_using(old, new):
        own = (before.needs | after.needs) - (before.needs & after.needs)
        through = "text[]" if new.endswith("[]") else "text"
        by_text = any(kind in TYPES for kind, _ in own)
        words += f" USING {after.called}{f'::{through}' * by_text}::{new}"
    # An assignment rounds and does not cut: what is too long is refused.
    loses = "" if fits(old, new) else f"what of {after.identity} ({old}) is not in {new}"
    needs = "" if fits(old, new) else f"every value of {after.identity} can be read as {new}"
    yield from one(words, loses=loses, needs=needs)


def _identified(before: Item, after: Item, start: str, around: Around) -> Iterator[Step]:
    if before.has("identity"):
        yield from one(f"{start}SET GENERATED {after.text('identity').upper()}")
        return
    yield from one(f"{start}ADD {_identity(after, around)}")
    if sequence := around.wanted.owned.get(after.key):
        yield from counted_on(sequence.called, after)


def _tuned(before: Item, after: Item, names: set[str], start: str) -> Iterator[Step]:
    # With another type both are that type's own.
    fresh = bool(names & {"type", "collation"})
    if after.text("storage") if fresh else "storage" in names:
        letter = after.text("storage") or default_storage(after.text("type"))
        yield from one(f"{start}SET STORAGE {_STORAGE[letter]}")
    if after.text("compression") if fresh else "compression" in names:
        method = _COMPRESSION.get(after.text("compression"), "default")
        yield from one(f"{start}SET COMPRESSION {method}")
    if "statistics" in names:
        yield from one(f"{start}SET STATISTICS {after.text('statistics') or -1}")
    if "options" in names:
        gone = [quoted(each.partition("=")[0]) for each in array(before.text("options"))]
        if gone:
            yield from one(f"{start}RESET ({', '.join(gone)})")
        if after.has("options"):
            yield from one(f"{start}SET ({written(options(after.text('options')))})")
    if "foreign options" in names:
        old = options(before.text("foreign options"))
        new = options(after.text("foreign options"))
        words = [f"DROP {quoted(name)}" for name in old]
        yield from one(f"{start}OPTIONS ({', '.join(words)})") if words else ()
        words = [f"ADD {quoted(name)} {literal(value)}" for name, value in new.items()]
        yield from one(f"{start}OPTIONS ({', '.join(words)})") if words else ()


class Defaults:
    """A column's default. With a new column it comes in the same statement."""

    def create(self, item: Item, around: Around) -> Iterator[Step]:
        column = around.wanted.items[("column", item.identity)]
        if column.key in around.made and (inlined(column, around) or item.has("taken over")):
            return
        start = f"ALTER TABLE {item.table} ALTER COLUMN {item.called} "
        yield from one(f"{start}SET DEFAULT {item.text('default')}")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"ALTER TABLE {item.table} ALTER COLUMN {item.called} DROP DEFAULT")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        if before.needs - after.needs:
            return None
        return altered(self.create(after, around))


class NotNulls:
    """A column that rows are without when it is added."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        start = f"ALTER TABLE {item.table} ALTER COLUMN {item.called} "
        return one(f"{start}SET NOT NULL", needs=_no_null(item))

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return ()

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered()
