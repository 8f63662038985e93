"""Two schemas compared: every object of a database, and what one has that the other has not."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

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
_ABOUT = ("comment", "owner", "grant")


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
            return f"added {self.kind} {self.identity}"
        if self.after is None:
            return f"removed {self.kind} {self.identity}"
        before, after = dict(self.before), dict(self.after)
        details = "; ".join(
            f"{name}: {_shown(before.get(name))} → {_shown(after.get(name))}"
            for name in self.attributes
        )
        return f"changed {self.kind} {self.identity}: {details}"


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
            line for part in (self.removed, self.added, self.changed) for line in _folded(part)
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
    `across_majors` two things that PostgreSQL's majors write differently do not count: an
    extension's version, and in views and rules the qualifiers, casts to text and parentheses.
    """
    ignored = LINKS | frozenset(ignore)
    left = _comparable(before, ignored, across_majors)
    right = _comparable(after, ignored, across_majors)
    return Differences(
        added=tuple(Change(*key, after=after[key]) for key in sorted(right.keys() - left.keys())),
        removed=tuple(
            Change(*key, before=before[key]) for key in sorted(left.keys() - right.keys())
        ),
        changed=tuple(
            Change(*key, before=before[key], after=after[key])
            for key in sorted(left.keys() & right.keys())
            if left[key] != right[key]
        ),
    )


def _comparable(snapshot: Snapshot, ignored: frozenset[str], across_majors: bool) -> Snapshot:
    return {
        key: tuple(
            (name, _settled(key[0], name, value) if across_majors else value)
            for name, value in definition
            if name not in ignored
        )
        for key, definition in snapshot.items()
    }


def _settled(kind: str, name: str, value: Scalar) -> Scalar:
    if kind == "extension" and name == "version":
        return None
    if kind in ("view", "materialized view", "rule") and name == "definition":
        unqualified = re.sub(r'(?:"[^"]+"|\b[a-z_]\w*)\.(?=["a-z_*])', "", str(value))
        return re.sub(r"[\s()]+|::text", "", unqualified)
    return value


def _folded(changes: tuple[Change, ...]) -> Iterator[str]:
    parents = {each.identity for each in changes if each.kind in _PARENTS}
    objects = {_plain(each.identity) for each in changes if each.kind not in _ABOUT}
    columns = Counter(_table(each, parents) for each in changes if each.kind == "column")
    for change in changes:
        whole = change.before is None or change.after is None
        if not whole:
            yield str(change)
        elif _table(change, parents) is None and not _about(change, objects):
            count = columns[change.identity] if change.identity in parents else 0
            yield f"{change} ({count} column{'s' * (count != 1)})" if count else str(change)


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


def _shown(value: Scalar) -> str:
    if value is None:
        return "none"
    text = " ".join(str(value).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
