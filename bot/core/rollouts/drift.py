"""Whether a target's schema is what its migrations make, and what of a difference matters.

What an operator tunes, what a provider or an extension brings along, and partitions that are made
as time goes on do not stop a rollout: no migration stands on them.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.core.schemas.schema import POSITION, Change, Definition, Differences, Snapshot, differences
from bot.core.targets.target import DriftMode

MOST_LINES = 20

# Attributes that are settings and not structure.
_TUNING = {
    "table": {"options", "replica identity"},
    "column": {POSITION, "statistics", "storage", "compression", "options"},
    "index": {"clustered", "replica identity", "statistics"},
    "materialized view": {"options", "populated"},
    "extension": {"version", "schema"},
}
_IGNORED = {"comment", "statistics", "owner", "grant"}
# Also where nothing is in it, and a target may do without.
_ALWAYS_THERE = ("schema", "public")
_PARTS = {"column", "constraint", "index", "trigger", "policy", "rule"}


@dataclass(frozen=True)
class Expected:
    """What a history makes on a throw-away server: `before` of what a target has applied, `after`
    of what is pending, too. `major` is that server's. `problem` is why nothing is known."""

    before: Snapshot
    after: Snapshot
    major: int = 0
    problem: str = ""

    def schemas(self, own: str) -> tuple[str, ...]:
        """Those that it puts something in, and `own`, which the target's URL names."""
        found = {own}
        for snapshot in (self.before, self.after):
            made = {identity for kind, identity in snapshot if kind == "schema"}
            found |= {name for name in made if name != "public" or _used(snapshot, name)}
        return tuple(sorted(found))


def unknown(problem: str) -> Expected:
    return Expected({}, {}, problem=problem)


@dataclass(frozen=True)
class Drift:
    """What was found. `lines` are the first of the differences in words, `more` counts the rest;
    `unknown` is why it could not be looked at. Seconds are what looking took."""

    mode: DriftMode
    lines: tuple[str, ...] = ()
    more: int = 0
    unknown: str = ""
    seconds: float = 0.0

    @property
    def found(self) -> bool:
        return bool(self.lines)


_SAID = {"removed ": "lacks ", "added ": "has besides: ", "changed ": "has otherwise: "}


def as_the_target_has_it(found: Differences) -> tuple[str, ...]:
    """One line for each of what `drift_between` found, as said of the target."""
    return tuple(
        next(new + line.removeprefix(old) for old, new in _SAID.items() if line.startswith(old))
        for line in found.lines
    )


def drift_between(expected: Snapshot, there: Snapshot, *, across_majors: bool) -> Differences:
    """What has happened to a target besides its migrations."""
    settled = _without_partitions(there, expected)
    places = _moved_extensions(expected, settled)
    found = differences(
        _settled(expected, places), _settled(settled, places), across_majors=across_majors
    )
    # An extension more does no harm.
    added = tuple(each for each in found.added if each.kind != "extension")
    return Differences(added, found.removed, found.changed)


def changed_by_hand(expected: Expected, there: Snapshot, *, across_majors: bool) -> tuple[str, ...]:
    """Of what a plan changes, what is otherwise on the target than its migrations make it: one line
    each, as said of the target. A part of a table counts as the table."""
    about = {_whole(each) for each in _all(differences(expected.before, expected.after))}
    found = drift_between(expected.before, there, across_majors=across_majors)
    return as_the_target_has_it(
        Differences(
            tuple(each for each in found.added if _whole(each) in about),
            tuple(each for each in found.removed if _whole(each) in about),
            tuple(each for each in found.changed if _whole(each) in about),
        )
    )


def _all(found: Differences) -> tuple[Change, ...]:
    return (*found.added, *found.removed, *found.changed)


def _whole(change: Change) -> str:
    """What it is a part of, or itself."""
    return _owner(change.identity) if change.kind in _PARTS else change.identity


def _used(snapshot: Snapshot, schema: str) -> bool:
    return any(
        identity.startswith(f"{schema}.") and kind not in _IGNORED for kind, identity in snapshot
    )


def _settled(snapshot: Snapshot, places: Collection[str]) -> Snapshot:
    """Without what does not count, and in every text without the names of schemas in `places`."""
    names = "|".join(re.escape(each) for each in sorted(places))
    qualifier = re.compile(rf'(?<![\w"])"?(?:{names})"?\.') if places else None
    return {
        (kind, identity): tuple(
            (name, qualifier.sub("", value) if qualifier and isinstance(value, str) else value)
            for name, value in definition
            if name not in _TUNING.get(kind, ())
        )
        for (kind, identity), definition in snapshot.items()
        if kind not in _IGNORED and (kind, identity) != _ALWAYS_THERE
    }


def _moved_extensions(expected: Snapshot, there: Snapshot) -> frozenset[str]:
    """Schemas of extensions that stand elsewhere on the target, as at some providers."""
    places: set[str] = set()
    for key in expected:
        if key[0] == "extension" and key in there:
            both = {str(dict(each).get("schema")) for each in (expected[key], there[key])}
            places |= both if len(both) > 1 else set()
    return frozenset(places)


def _without_partitions(there: Snapshot, expected: Snapshot) -> Snapshot:
    """Partitions that only the target has were made as time went on, of tables that are known."""
    grown = {
        identity
        for (kind, identity), definition in there.items()
        if kind in ("table", "foreign table")
        and (kind, identity) not in expected
        and _parents(definition, expected)
    }
    if not grown:
        return there
    return {
        key: definition
        for key, definition in there.items()
        if key[1] not in grown and not (key[0] in _PARTS and _owner(key[1]) in grown)
    }


def _parents(definition: Definition, expected: Snapshot) -> list[str]:
    attributes = dict(definition)
    if not attributes.get("partition"):
        return []
    named = str(attributes.get("inherits") or "").replace('"', "")
    return [each for each in named.split(", ") if ("table", each) in expected]


def _owner(identity: str) -> str:
    return identity.rpartition(".")[0]
