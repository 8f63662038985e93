"""Comments, owners and rights: what is said about an object, and who may what with it."""

from collections.abc import Iterable, Iterator

from bot.drafting.item import Item
from bot.drafting.steps import Alteration, Around, Step, altered, one
from bot.drafting.text import listed, literal

_KINDS = {
    "table column": "COLUMN",
    "view column": "COLUMN",
    "materialized view column": "COLUMN",
    "foreign table column": "COLUMN",
    "composite type column": "COLUMN",
    "table constraint": "CONSTRAINT",
    "domain constraint": "CONSTRAINT",
    "statistics object": "STATISTICS",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER",
}


class Comments:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"COMMENT ON {_commented(item)} IS {literal(item.text('text'))}")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return one(f"COMMENT ON {_commented(item)} IS NULL")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered(self.create(after, around))


def _commented(item: Item) -> str:
    """How COMMENT ON calls what a snapshot's identity says; the longest word is first."""
    for word in sorted((*_KINDS, *_WORDS), key=len, reverse=True):
        if item.identity.startswith(f"{word} "):
            rest = item.identity.removeprefix(f"{word} ")
            on = word == "domain constraint"
            return f"{_KINDS.get(word, word.upper())} {_on_domain(rest) if on else rest}"
    return item.identity


_WORDS = (
    "materialized view",
    "foreign table",
    "event trigger",
    "operator class",
    "operator family",
    "access method",
    "text search configuration",
    "text search dictionary",
    "text search parser",
    "text search template",
    "table",
    "index",
    "sequence",
    "view",
    "type",
    "function",
    "procedure",
    "aggregate",
    "schema",
    "trigger",
    "policy",
    "rule",
    "cast",
    "collation",
    "operator",
    "publication",
    "subscription",
    "server",
    "language",
)


def _on_domain(text: str) -> str:
    name, _, domain = text.rpartition(" on ")
    return f"{name} ON DOMAIN {domain}"


# What ALTER … OWNER TO calls them; "" if it calls them the same. The longest are first.
_OWNED = {
    "text search configuration": "",
    "text search dictionary": "",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER",
    "statistics object": "STATISTICS",
    "operator family": "",
    "operator class": "",
    "event trigger": "",
    "publication": "",
    "subscription": "",
    "collation": "",
    "operator": "",
    "function": "ROUTINE",
    "language": "",
    "relation": "TABLE",
    "schema": "",
    "server": "",
    "type": "",
}


class Owners:
    def create(self, item: Item, around: Around) -> Iterator[Step]:
        """Of what is made here, by whoever runs it. Who that is, is not known: the commonest."""
        if item.text("role") != commonest_owner(around):
            yield from self._given(item, around)

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return ()

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return altered(self._given(after, around))

    def _given(self, item: Item, around: Around) -> Iterable[Step]:
        kind = next(each for each in _OWNED if item.identity.startswith(f"{each} "))
        name = item.identity.removeprefix(f"{kind} ")
        sequence = around.wanted.called.get(name)
        if sequence is not None and sequence.kind == "sequence" and _owned(sequence, around):
            return ()
        word = _OWNED[kind] or kind.upper()
        return one(f"ALTER {word} {name} OWNER TO {item.text('role')}")


def _owned(sequence: Item, around: Around) -> bool:
    """Whether it has its owner from a table."""
    apart = ("ownership", sequence.identity) in around.wanted.items
    return apart or sequence.has("of identity")


def commonest_owner(around: Around) -> str:
    roles = [
        each.text("role")
        for each in around.current.items.values()
        if each.kind == "owner" and not each.identity.startswith("schema ")
    ]
    return max(sorted(set(roles)), key=roles.count, default="")


_ALL = {
    "foreign server": ("USAGE",),
    "foreign data wrapper": ("USAGE",),
    "language": ("USAGE",),
    "relation": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"),
    "sequence": ("SELECT", "UPDATE", "USAGE"),
    "schema": ("CREATE", "USAGE"),
    "function": ("EXECUTE",),
    "type": ("USAGE",),
}
_PUBLIC = {"function": "EXECUTE", "type": "USAGE", "language": "USAGE"}
_WORD = {"relation": "TABLE", "sequence": "SEQUENCE", "function": "ROUTINE", "column": "TABLE"}
_WORD |= {"foreign server": "FOREIGN SERVER", "foreign data wrapper": "FOREIGN DATA WRAPPER"}
_GRANTED = tuple(sorted((*_ALL, "column"), key=len, reverse=True))
_OBJECTS = {"r": "relation", "S": "sequence", "f": "function", "T": "type", "n": "schema"}
_PLURALS = {"r": "TABLES", "S": "SEQUENCES", "f": "ROUTINES", "T": "TYPES", "n": "SCHEMAS"}

Right = tuple[str, str]


class Grants:
    def create(self, item: Item, around: Around) -> Iterable[Step]:
        if item.identity.startswith("default "):
            return _defaults(item, _standing(item), _rights(item))
        return _changes(item, _initial(item, around), _rights(item), around)

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        if item.identity.startswith("default "):
            return _defaults(item, _rights(item), _standing(item))
        kind = _kind(item, around)
        after = {} if kind == "column" else _plain(kind, _owner(item, around))
        return _changes(item, _rights(item), after, around)

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        if after.identity.startswith("default "):
            return altered(_defaults(after, _rights(before), _rights(after)))
        start = _rights(before)
        owners = [
            each.items.get(("owner", after.identity)) for each in (around.current, around.wanted)
        ]
        old, new = (each.text("role") if each else "" for each in owners)
        if old != new:
            # A new owner takes over what the old one has.
            start = {(new if who == old else who, what): may for (who, what), may in start.items()}
        return altered(_changes(after, start, _rights(after), around))


def _rights(item: Item) -> dict[Right, bool]:
    """Who has which right, and whether to hand it on."""
    found = {}
    for each in listed(item.text("privileges")):
        who, _, right = each.rpartition("=")
        found[who, right.removesuffix("*")] = right.endswith("*")
    return found


def _apart(item: Item) -> tuple[str, str]:
    """The kind of what the rights are on, and its name."""
    kind = next(each for each in _GRANTED if item.identity.startswith(f"{each} "))
    return kind, item.identity.removeprefix(f"{kind} ")


def _kind(item: Item, around: Around) -> str:
    kind, name = _apart(item)
    there = around.wanted.called.get(name) or around.current.called.get(name)
    return "sequence" if kind == "relation" and there and there.kind == "sequence" else kind


def _owner(item: Item, around: Around) -> str:
    kind, name = _apart(item)
    called = {"foreign server": "server", "foreign data wrapper": "foreign-data wrapper"}
    owner = around.wanted.items.get(("owner", f"{called.get(kind, kind)} {name}"))
    return owner.text("role") if owner else ""


def _plain(kind: str, owner: str) -> dict[Right, bool]:
    """What an object has that nobody has granted anything on."""
    found = {(owner, each): False for each in _ALL.get(kind, ()) if owner}
    return found | ({("PUBLIC", _PUBLIC[kind]): False} if kind in _PUBLIC else {})


def _initial(item: Item, around: Around) -> dict[Right, bool]:
    """What a new object has: what is so by default for its owner."""
    kind = _kind(item, around)
    if kind == "column":
        return {}
    owner = _owner(item, around)
    found = _plain(kind, owner)
    letter = next((each for each, name in _OBJECTS.items() if name == kind), "")
    for key, each in sorted(around.current.items.items()):
        named = key[1].startswith(f"default {owner} ") or key[1] == f"default {owner} {letter}"
        if key[0] == "grant" and named and key[1].endswith(f" {letter}"):
            found = (found | _rights(each)) if " in " in key[1] else _rights(each)
    return found


def _changes(
    item: Item, start: dict[Right, bool], goal: dict[Right, bool], around: Around
) -> Iterator[Step]:
    kind = _kind(item, around)
    _, name = _apart(item)
    column = ""
    if kind == "column":
        there = around.wanted.columns.get(name) or around.current.columns.get(name)
        if there is None:
            # A view's.
            table, _, own = name.rpartition(".")
            name, column = table, f" ({own})"
        else:
            name, column = there.table, f" ({there.called})"
    yield from _granted(start, goal, f"{_WORD.get(kind, kind.upper())} {name}", column)


def _granted(
    start: dict[Right, bool], goal: dict[Right, bool], place: str, column: str = ""
) -> Iterator[Step]:
    for who, rights in _by_role({key for key in start if key not in goal}):
        words = ", ".join(f"{each}{column}" for each in rights)
        yield from one(f"REVOKE {words} ON {place} FROM {who}")
    for who, rights in _by_role(
        {key for key, may in start.items() if may and goal.get(key) is False}
    ):
        words = ", ".join(f"{each}{column}" for each in rights)
        yield from one(f"REVOKE GRANT OPTION FOR {words} ON {place} FROM {who}")
    for may, ending in ((False, ""), (True, " WITH GRANT OPTION")):
        fresh = {key for key, grants in goal.items() if grants is may and start.get(key) is not may}
        if not may:
            fresh -= start.keys()
        for who, rights in _by_role(fresh):
            words = ", ".join(f"{each}{column}" for each in rights)
            yield from one(f"GRANT {words} ON {place} TO {who}{ending}")


def _by_role(rights: Iterable[Right]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for who, right in sorted(rights):
        found.setdefault(who, []).append(right)
    return sorted(found.items())


def _standing(item: Item) -> dict[Right, bool]:
    """Default privileges of a role that nobody has changed; in a schema there are none."""
    role, place, letter = _default_parts(item)
    return {} if place else _plain(_OBJECTS.get(letter, ""), role)


def _default_parts(item: Item) -> tuple[str, str, str]:
    rest, _, letter = item.identity.removeprefix("default ").rpartition(" ")
    role, _, place = rest.partition(" in ")
    return role, place, letter


def _defaults(item: Item, start: dict[Right, bool], goal: dict[Right, bool]) -> Iterator[Step]:
    role, place, letter = _default_parts(item)
    words = f"ALTER DEFAULT PRIVILEGES FOR ROLE {role} "
    words += f"IN SCHEMA {place} " if place else ""
    for step in _granted(start, goal, _PLURALS[letter]):
        yield from one(words + step.sql) if not hasattr(step, "why") else ()
