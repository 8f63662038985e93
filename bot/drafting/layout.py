"""A snapshot laid out for drafting: each object with what it stands on and what stands on it.

Some attributes are objects of their own here, because they come at another time than what they
belong to: a column's default, whose a sequence is, a partition's place, and which index a table is
clustered on and replicates by.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from bot.core.quoting import quoted
from bot.core.schemas.schema import POSITION, Definition, Snapshot
from bot.drafting.item import ABOUT, PARTS, RELATIONS, TABLES, TYPES, Item, Key
from bot.drafting.subjects import about, by_subject
from bot.drafting.text import listed, parts_of

# Of an index, what is a setting of its table.
_SETTINGS = ("clustered", "replica identity")


class Layout:
    """Every object by its key."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = {each.key: each for each in items}

    @cached_property
    def needed_by(self) -> Mapping[Key, frozenset[Key]]:
        found: dict[Key, set[Key]] = defaultdict(set)
        for item in self.items.values():
            for each in item.needs:
                found[each].add(item.key)
        return {key: frozenset(keys) for key, keys in found.items()}

    @cached_property
    def by_table(self) -> Mapping[str, tuple[Item, ...]]:
        """The parts of each table, by its identity."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self.items.values():
            if item.kind in PARTS:
                found[item.home].append(item)
        return {table: tuple(items) for table, items in found.items()}

    @cached_property
    def called(self) -> Mapping[str, Item]:
        """Relations, types and sequences by their name in SQL."""
        kinds = (*RELATIONS, *TYPES, "sequence", "index")
        return {each.called: each for each in self.items.values() if each.kind in kinds}

    @cached_property
    def columns(self) -> Mapping[str, Item]:
        """By the table's name in SQL, a dot, and their own."""
        found = (each for each in self.items.values() if each.kind == "column")
        return {f"{each.table}.{each.called}": each for each in found}

    @cached_property
    def sequences(self) -> Mapping[str, frozenset[Key]]:
        """By the column that they belong to, as it is in `columns`."""
        found: dict[str, frozenset[Key]] = {}
        for item in self.items.values():
            if item.kind == "sequence" and (owner := item.text("owned by")):
                found[owner] = found.get(owner, frozenset()) | {item.key}
        return found

    @cached_property
    def subjects(self) -> Mapping[str, frozenset[Key]]:
        """What may have a comment, an owner or rights, by how these call it."""
        return by_subject(self.items.values())

    @cached_property
    def below(self) -> Mapping[Key, frozenset[Key]]:
        """Indexes and constraints of partitions, by that of the whole."""
        found: dict[Key, set[Key]] = defaultdict(set)
        for item in self.items.values():
            if item.kind in ("index", "constraint"):
                for each in item.needs:
                    if each[0] == item.kind:
                        found[each].add(item.key)
        return {key: frozenset(keys) for key, keys in found.items()}

    @cached_property
    def partitions(self) -> Mapping[str, frozenset[Key]]:
        """The tables that are attached to a table, by its identity: a key refers to them too."""
        found: dict[str, frozenset[Key]] = {}
        for item in self.items.values():
            above = self.called.get(item.text("inherits")) if item.kind == "attachment" else None
            if above is not None:
                key = ("table", item.identity)
                found[above.identity] = found.get(above.identity, frozenset()) | {key}
        return found

    @cached_property
    def owned(self) -> Mapping[Key, Item]:
        """The sequences of identity columns, by the column."""
        return {
            self.columns[item.text("owned by")].key: item
            for item in self.items.values()
            if item.kind == "sequence" and item.has("of identity")
        }

    def above(self, key: Key) -> frozenset[Key]:
        """The columns and constraints of the same name in the tables that its table inherits
        from."""
        item = self.items.get(key)
        table = self.items.get(("table", item.home)) if item and item.kind in PARTS else None
        if item is None or table is None or not table.has("inherits"):
            return frozenset()
        name = key[1][len(item.home) + 1 :]
        tables = (self.called.get(each) for each in listed(table.text("inherits")))
        keys = {(item.kind, f"{each.identity}.{name}") for each in tables if each}
        return frozenset(keys & self.items.keys())

    def columns_of(self, table: Item) -> list[Item]:
        found = [each for each in self.by_table.get(table.identity, ()) if each.kind == "column"]
        return sorted(found, key=lambda each: int(each.text(POSITION) or 0))

    def default_of(self, column: Item) -> Item | None:
        return self.items.get(("default", column.identity))

    def reaches(self, start: Key, goal: Key) -> bool:
        """Whether one stands on the other, by whatever is between them."""
        seen, left = {start}, [start]
        while left:
            key = left.pop()
            if key == goal:
                return True
            item = self.items.get(key)
            more = (item.needs if item else frozenset()) - seen
            seen |= more
            left += more
        return False


def laid_out(snapshot: Snapshot) -> Layout:
    plain = [
        Item(kind, identity, dict(definition), _needs(definition))
        for (kind, identity), definition in snapshot.items()
    ]
    whole = Layout([each for item in plain for each in _apart(item)])
    return Layout([_linked(each, whole) for each in (*whole.items.values(), *_settings(whole))])


def _needs(definition: Definition, name: str = "needs") -> frozenset[Key]:
    text = dict(definition).get(name)
    return frozenset((kind, identity) for kind, identity in json.loads(str(text or "[]")))


def _apart(item: Item) -> Iterator[Item]:
    values = dict(item.values)
    if item.kind == "column" and values.get("default") is not None:
        needs = _needs(tuple(values.items()), "default needs") | {item.key}
        named = {name: values.get(name) for name in ("called", "part of", "default", "taken over")}
        yield Item("default", item.identity, named, needs)
        values.pop("default")
    if item.kind in TABLES and values.get("partition"):
        named = {name: values.pop(name) for name in ("partition", "inherits")}
        named["called"] = values.get("called")
        yield Item("attachment", item.identity, named, frozenset({item.key}))
    yield replace(item, values=values)


def _settings(whole: Layout) -> Iterator[Item]:
    for item in whole.items.values():
        if item.kind == "index":
            named = {"index": quoted(parts_of(item.identity)[-1]), "part of": item.table}
            if item.has("clustered"):
                yield Item("clustering", item.home, named, frozenset({item.key}))
        elif item.kind == "table" and item.has("replica identity"):
            parts = whole.by_table.get(item.identity, ())
            index = next((each for each in parts if each.has("replica identity")), None)
            named = {"mode": item.text("replica identity"), "part of": item.called}
            named |= {"index": quoted(parts_of(index.identity)[-1])} if index else {}
            yield Item("replica identity", item.identity, named, frozenset({(index or item).key}))
        elif item.kind == "sequence" and item.has("owned by"):
            column = whole.columns.get(item.text("owned by"))
            if column is not None and not column.has("identity"):
                named = {"called": item.called, "owned by": item.text("owned by")}
                yield Item("ownership", item.identity, named, frozenset({item.key, column.key}))


def _linked(item: Item, whole: Layout) -> Item:
    """With what goes without saying, and without what each of two says of the other."""
    values, needs = dict(item.values), set(item.needs)
    if item.kind in PARTS:
        needs |= {(kind, item.home) for kind in RELATIONS} & whole.items.keys()
    if item.kind in ("index", "constraint"):
        needs -= _same_above(item, needs)
        needs |= whole.below.get(item.key, frozenset())
        needs |= whole.above(item.key) if item.has("inherited") else frozenset()
        values = {name: each for name, each in values.items() if name not in _SETTINGS}
        needs |= _below(item, whole)
    elif item.kind == "sequence":
        if (column := whole.columns.get(item.text("owned by"))) and column.has("identity"):
            values["of identity"] = True
        else:
            values.pop("owned by", None)
    elif item.kind == "column" and item.has("identity"):
        needs |= whole.sequences.get(f"{item.table}.{item.called}", frozenset())
    elif item.kind in TABLES:
        values.pop("replica identity", None)
        if ("attachment", item.identity) in whole.items:
            needs -= {each for each in needs if each[0] in TABLES}
    elif item.kind in ABOUT:
        needs |= {key for each in about(item.key) for key in whole.subjects.get(each, ())}
    elif item.kind == "attachment" and (above := whole.called.get(item.text("inherits"))):
        needs.add(above.key)
    return replace(item, values=values, needs=frozenset(needs))


def _below(item: Item, whole: Layout) -> frozenset[Key]:
    """The partitions of the other tables that a foreign key refers to."""
    homes = {whole.items[key].home for key in item.needs & whole.items.keys() if key[0] == "column"}
    others = (whole.partitions.get(home, frozenset()) for home in sorted(homes - {item.home}))
    return frozenset().union(*others)


def _same_above(item: Item, needs: set[Key]) -> set[Key]:
    """What it is the part of a partition of: that finds it when it is made itself."""
    return {each for each in needs if each[0] == item.kind and each != item.key}
