"""Two schemas compared: every object of a database, and what one has that the other has not."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.core.schemas.wording import same_meaning

Scalar = str | int | bool | None
Attribute = tuple[str, Scalar]
Definition = tuple[Attribute, ...]
Snapshot = Mapping[tuple[str, str], Definition]

POSITION = "position"
# How an object is called in SQL and what it stands on: for drafting, and no part of what it is.
LINKS = frozenset(
    {"called", "part of", "known as", "taken over", "created by", "mappings by", "needs"}
) | {"default needs"}

# Kinds that carry others: when one is added or removed, what belongs to it goes without saying.
_PARENTS = ("table", "foreign table", "view", "materialized view")
_CHILDREN = ("column", "constraint", "index", "trigger", "policy", "rule")
_ABOUT = ("comment", "security label", "owner", "grant")


@dataclass(frozen=True)
class Change:
    """One object that differs. `before` is None if it was added, `after` if it was removed."""

    kind: str
    identity: str
    before: Definition | None = None
    after: Definition | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the attributes that differ, if the object is in both."""
        if self.before is None or self.after is None:
            return ()
        before, after = dict(self.before), dict(self.after)
        names = sorted({*before, *after} - LINKS)
        return tuple(name for name in names if before.get(name) != after.get(name))

    def __str__(self) -> str:
        if self.before is None:
            return f"added {self.kind} {one_line(self.identity)}"
        if self.after is None:
            return f"removed {self.kind} {one_line(self.identity)}"
        before, after = dict(self.before), dict(self.after)
        details = "; ".join(
            f"{name}: {_shown(before.get(name))} → {_shown(after.get(name))}"
            for name in self.attributes
        )
        return f"changed {self.kind} {one_line(self.identity)}: {details}"


@dataclass(frozen=True)
class Differences:
    """Everything that differs, by kind and name. False where two schemas are the same."""

    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    @property
    def lines(self) -> tuple[str, ...]:
        """One line each; the parts of an added or removed table are counted and not listed."""
        return tuple(
            f"{change} ({count} column{'s' * (count != 1)})" if count else str(change)
            for change, count in whole((*self.removed, *self.added, *self.changed))
        )


def differences(
    before: Snapshot,
    after: Snapshot,
    *,
    ignore: Iterable[str] = (),
    across_majors: bool = False,
) -> Differences:
    """What has to be done to `before` to make it `after`.

    `ignore` names attributes that do not count, such as POSITION for the order of columns. With
    `across_majors` what PostgreSQL's majors write differently does not count: an extension's
    version, and in queries qualifiers that one of them leaves out, casts to text and parentheses.
    """
    ignored = LINKS | frozenset(ignore)
    return Differences(
        added=tuple(
            Change(*key, after=_without(after[key], ignored))
            for key in sorted(after.keys() - before.keys())
        ),
        removed=tuple(
            Change(*key, before=_without(before[key], ignored))
            for key in sorted(before.keys() - after.keys())
        ),
        changed=tuple(_changed(before, after, ignored, across_majors=across_majors)),
    )


def _changed(
    before: Snapshot, after: Snapshot, ignored: frozenset[str], *, across_majors: bool
) -> Iterator[Change]:
    for key in sorted(before.keys() & after.keys()):
        # Most of what one connection reads twice is the very same object.
        if before[key] is after[key]:
            continue
        one, other = _without(before[key], ignored), _without(after[key], ignored)
        if one != other and not (across_majors and _alike(key[0], one, other)):
            yield Change(*key, before=one, after=other)


def _without(definition: Definition, ignored: frozenset[str]) -> Definition:
    return tuple(each for each in definition if each[0] not in ignored)


def _alike(kind: str, before: Definition, after: Definition) -> bool:
    one, other = dict(before), dict(after)
    return all(
        same_meaning(kind, name, one.get(name), other.get(name)) for name in one.keys() | other
    )


def whole(changes: Iterable[Change]) -> Iterator[tuple[Change, int]]:
    """Without what goes without saying: the parts of an added or removed table, which comes with
    the number of its columns."""
    parts = tuple(changes)
    for side in ("after", "before"):
        gone = tuple(each for each in parts if getattr(each, side) is None)
        yield from _folded(gone)
    yield from ((each, 0) for each in parts if each.before is not None and each.after is not None)


def _folded(changes: tuple[Change, ...]) -> Iterator[tuple[Change, int]]:
    """Of changes that all are additions, or all are removals."""
    parents = {each.identity for each in changes if each.kind in _PARENTS}
    objects = {_plain(each.identity) for each in changes if each.kind not in _ABOUT}
    columns = Counter(_table(each, parents) for each in changes if each.kind == "column")
    for change in changes:
        if _table(change, parents) is None and not _about(change, objects):
            yield change, columns[change.identity] if change.identity in parents else 0


def _table(change: Change, parents: Collection[str]) -> str | None:
    """The table or view among `parents` that the change is a part of."""
    if change.kind not in _CHILDREN:
        return None
    owner = change.identity.rpartition(".")[0]
    return owner if owner in parents else None


def _about(change: Change, objects: Collection[str]) -> bool:
    """Whether it is the owner, the rights or the comment of one of these objects."""
    if change.kind not in _ABOUT:
        return False
    text = _plain(change.identity)
    named, on, table = text.partition(" on ")
    if on:
        # `policy "own" on public.customer`, where the policy is public.customer.own.
        text = f"{text} {table}.{named.partition(' ')[2]}"
    return any(text[at.end() :] in objects for at in re.finditer(" ", text))


def _plain(identity: str) -> str:
    """Without quotes, and of a function without its arguments, which are written in two ways."""
    return identity.replace('"', "").partition("(")[0]


def one_line(text: str) -> str:
    """What a name has of line ends must not begin a line where it is told."""
    return " ".join(text.split())


def _shown(value: Scalar) -> str:
    if value is None:
        return "none"
    text = one_line(str(value))
    return text if len(text) <= 200 else f"{text[:199]}…"
