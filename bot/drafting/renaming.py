"""What is the same under another name: renamed first, so that the rest is drafted on top of it."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.core.quoting import quoted
from bot.core.schemas.draft import Renamed
from bot.core.schemas.schema import LINKS, Attribute, Definition, Snapshot
from bot.drafting.item import PARTS, Item, Key
from bot.drafting.steps import Step, one
from bot.drafting.text import parts_of

_STRINGS = re.compile(r"('(?:[^']|'')*')")
# What nothing is lost of when one is taken for another that is the same.
_NAMED_ONLY = ("enum", "domain", "composite type", "range type", "constraint", "index")
# What a view calls its own columns stays as it is.
_OWN = {"columns"}


def renamed(
    current: Snapshot, wanted: Snapshot, renames: Sequence[Renamed]
) -> tuple[list[Step], Snapshot]:
    """The statements, and what the schema is after them. What does not fit is not done.

    Types, constraints and indexes that differ in nothing but their names are found out.
    """
    steps: list[Step] = []
    # The columns of a table that has another name are found under its new one.
    left = sorted(renames, key=lambda each: each.kind in PARTS)
    while left:
        each = left.pop(0)
        if _fits(each, current, wanted):
            steps += _statement(each, current, wanted)
            current = _after(each, current, wanted)
            left = [_moved(other, each) for other in left]
    for kind in _NAMED_ONLY:
        for each in _alike(kind, current, wanted):
            steps += _statement(each, current, wanted)
            current = _after(each, current, wanted)
    return steps, current


def _fits(each: Renamed, current: Snapshot, wanted: Snapshot) -> bool:
    old, new = (each.kind, each.name), (each.kind, each.new)
    there = old in current and new not in current
    same_place = parts_of(each.name)[:-1] == parts_of(each.new)[:-1]
    return there and new in wanted and old not in wanted and same_place


def _moved(other: Renamed, done: Renamed) -> Renamed:
    if done.kind in PARTS or not other.name.startswith(f"{done.name}."):
        return other
    return replace(other, name=done.new + other.name[len(done.name) :])


def _item(key: Key, snapshot: Snapshot) -> Item:
    return Item(*key, dict(snapshot[key]))


def _statement(each: Renamed, current: Snapshot, wanted: Snapshot) -> Iterator[Step]:
    item = _item((each.kind, each.name), current)
    if item.has("inherited"):
        return
    name = quoted(parts_of(each.new)[-1])
    if each.kind in ("column", "constraint"):
        what = f"TABLE {item.table} RENAME {each.kind.upper()} {item.called}"
    else:
        word = {"enum": "TYPE", "composite type": "TYPE", "range type": "TYPE"}.get(each.kind)
        what = f"{word or each.kind.upper()} {item.called} RENAME"
    yield from one(f"ALTER {what} TO {name}")


def _after(each: Renamed, current: Snapshot, wanted: Snapshot) -> Snapshot:
    old = _item((each.kind, each.name), current)
    new = _item((each.kind, each.new), wanted)
    key = _keys(each)
    if each.kind in ("constraint", "index"):
        return _part(old, new, current, wanted, key)
    name = _replacing(old.called, new.called, whole=each.kind not in PARTS)
    if each.kind == "column":
        return _column(old, new, current, name)
    moved: dict[Key, Definition] = {}
    for (kind, identity), definition in current.items():
        there = key((kind, identity))
        if there == (kind, identity) and kind in ("comment", "owner", "grant"):
            there = kind, name(identity)
        moved[there] = tuple(_value(attribute, name, key) for attribute in definition)
    return moved


def _replacing(old: str, new: str, *, whole: bool) -> Callable[[str], str]:
    """A name in a text for another. A whole one is not the end of a longer."""
    before = r'(?<![\w"$.])' if whole else r'(?<![\w"$])'
    pattern = re.compile(before + re.escape(old) + r'(?![\w"$])')

    def replaced(text: str) -> str:
        return pattern.sub(lambda _: new, text)

    return replaced


def _value(
    attribute: Attribute, name: Callable[[str], str], key: Callable[[Key], Key]
) -> Attribute:
    label, value = attribute
    if not isinstance(value, str):
        return attribute
    if label in ("needs", "default needs"):
        pairs = [list(key((kind, identity))) for kind, identity in json.loads(value)]
        return label, json.dumps(pairs, ensure_ascii=False)
    return label, name(value)


def _keys(each: Renamed) -> Callable[[Key], Key]:
    owns = each.kind == "constraint"

    def key(there: Key) -> Key:
        kind, identity = there
        if identity == each.name and (kind == each.kind or (owns and kind == "index")):
            return kind, each.new
        if each.kind not in PARTS and kind in PARTS and identity.startswith(f"{each.name}."):
            return kind, each.new + identity[len(each.name) :]
        return there

    return key


def _part(
    old: Item, new: Item, current: Snapshot, wanted: Snapshot, key: Callable[[Key], Key]
) -> Snapshot:
    """Nothing calls it by its name but comments, and the index that is a constraint's."""
    moved: dict[Key, Definition] = {}
    for there, definition in current.items():
        now = key(there)
        if now != there and now in wanted:
            same = _nameless(_item(there, current)) == _nameless(_item(now, wanted))
            moved[now] = wanted[now] if same else definition
        elif there == ("comment", old.text("known as")):
            moved["comment", new.text("known as")] = definition
        else:
            moved[now] = tuple(_value(each, str, key) for each in definition)
    return moved


def _column(old: Item, new: Item, current: Snapshot, name: Callable[[str], str]) -> Snapshot:
    """Only what is of its table or stands on it calls it by its name."""

    def key(there: Key) -> Key:
        return (there[0], new.identity) if there == old.key else there

    moved: dict[Key, Definition] = {}
    for there, definition in current.items():
        kind, identity = there
        mine = kind in PARTS and identity.startswith(f"{old.home}.")
        if kind in ("comment", "grant") and f"{old.table}.{old.called}" in identity:
            there = kind, identity.replace(f"{old.table}.{old.called}", f"{old.table}.{new.called}")
        said = mine or _stands_on(definition, old.key)
        moved[key(there)] = tuple(
            _value(each, _outside_strings(name) if said and each[0] not in _OWN else str, key)
            for each in definition
        )
    return moved


def _stands_on(definition: Definition, key: Key) -> bool:
    text = str(dict(definition).get("needs") or "[]")
    return list(key) in json.loads(text)


def _outside_strings(name: Callable[[str], str]) -> Callable[[str], str]:
    def replaced(text: str) -> str:
        parts = _STRINGS.split(text)
        return "".join(each if at % 2 else name(each) for at, each in enumerate(parts))

    return replaced


def _alike(kind: str, current: Snapshot, wanted: Snapshot) -> Iterator[Renamed]:
    """Each with another of the same table that only has another name."""
    gone = [each for each in sorted(current) if each[0] == kind and each not in wanted]
    free = {each for each in wanted if each[0] == kind and each not in current}
    for key in gone:
        mine = _item(key, current)
        for other in sorted(free):
            theirs = _item(other, wanted)
            if mine.home == theirs.home and _nameless(mine) == _nameless(theirs):
                free.remove(other)
                yield Renamed(kind, key[1], other[1])
                break


def _nameless(item: Item) -> tuple[tuple[str, object], ...]:
    pattern = re.compile(rf"^(CREATE (?:UNIQUE )?INDEX ){re.escape(_own(item))}(?= ON )")
    return tuple(
        (label, pattern.sub(r"\1", value) if isinstance(value, str) else value)
        for label, value in item.values.items()
        if label not in LINKS
    )


def _own(item: Item) -> str:
    """An index's own name as PostgreSQL writes it."""
    match = re.search(r'(?:"(?:[^"]|"")*"|[^".]+)$', item.called)
    return match.group() if match else item.called
