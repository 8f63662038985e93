"""A whole schema as far as a picture goes: tables, enums, how they are connected, what changed."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.core.schemas.modelled import MIGRATIONS_TABLE, parts_of
from bot.core.schemas.schema import Change, Definition, Snapshot, differences
from bot.core.schemas.touched import Parts, Reference, Table, change_word

_LABEL = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True)
class Label:
    """A value of an enum. `change` as a column's."""

    name: str
    change: str = ""


@dataclass(frozen=True)
class EnumType:
    identity: str
    labels: tuple[Label, ...]
    change: str = ""

    @property
    def touched(self) -> bool:
        return bool(self.change) or any(each.change for each in self.labels)


@dataclass(frozen=True)
class Entities:
    """`references` may name tables that are not among `tables`, and then lead nowhere."""

    tables: tuple[Table, ...] = ()
    references: tuple[Reference, ...] = ()
    enums: tuple[EnumType, ...] = ()

    @property
    def named(self) -> tuple[Table | EnumType, ...]:
        """Everything that is a box of its own."""
        return (*self.tables, *self.enums)

    @property
    def changed(self) -> bool:
        touched = any(each.touched for each in self.named)
        return touched or any(each.change for each in self.references)

    def beside(self) -> "Entities":
        """What was touched, and the tables that these are connected with."""
        touched = {each.identity for each in self.tables if each.touched}
        kept = tuple(e for e in self.references if e.change or {e.table, e.to} & touched)
        names = touched | {name for each in kept for name in (each.table, each.to)}
        return Entities(
            tuple(each for each in self.tables if each.identity in names),
            kept,
            tuple(each for each in self.enums if each.touched),
        )


def entities(before: Snapshot, after: Snapshot, *, hidden: Collection[str] = ()) -> Entities:
    """Everything of both, marked with what became of it. The same snapshot twice marks nothing.

    Partitions go without saying, and so do Prisma's own table and the schemas named `hidden`.
    """
    changes = differences(before, after, ignore=("position",))
    found = Parts(before, after, changes)
    every = (*changes.removed, *changes.added, *changes.changed)
    touched = {name for each in every for name in _touched_by(each)}
    whole = {**before, **after}
    shown = [
        identity
        for (kind, identity), definition in sorted(whole.items())
        if kind == "table" and _is_shown(identity, definition, hidden)
    ]
    words = {each.identity: change_word(each) for each in every if each.kind == "enum"}
    return Entities(
        tuple(found.table(each, touched=each in touched) for each in shown),
        tuple(each for each in found.references() if {each.table, each.to} <= set(shown)),
        tuple(
            _enum(identity, before, after, words.get(identity, ""))
            for kind, identity in sorted(whole)
            if kind == "enum" and parts_of(identity)[0] not in hidden
        ),
    )


def _touched_by(change: Change) -> tuple[str, ...]:
    """The table that a change is about: itself, or what it is a part of."""
    if change.kind == "table":
        return (change.identity,)
    parts = re.findall(r'(?:"(?:[^"]|"")*"|[^."])+', change.identity)
    return (".".join(parts[:2]),) if len(parts) > 2 else ()


def _is_shown(identity: str, definition: Definition, hidden: Collection[str]) -> bool:
    schema, name = parts_of(identity)
    return (
        schema not in hidden and name != MIGRATIONS_TABLE and not dict(definition).get("partition")
    )


def _enum(identity: str, before: Snapshot, after: Snapshot, word: str) -> EnumType:
    old, new = (_labels(each.get(("enum", identity), ())) for each in (before, after))
    if not old or not new:
        return EnumType(identity, tuple(Label(each) for each in new or old), word)
    listed = [Label(each, "" if each in old else "added") for each in new]
    listed += [Label(each, "removed") for each in old if each not in new]
    return EnumType(identity, tuple(listed), word)


def _labels(definition: Definition) -> tuple[str, ...]:
    written = str(dict(definition).get("labels") or "")
    return tuple(each.replace("''", "'") for each in _LABEL.findall(written))
