"""What a target has otherwise than its migrations make it: each object by itself, and how grave."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bot.core.drift.drift import Expected
from bot.core.drift.policy import DriftMode, DriftPolicy, Matter
from bot.core.drift.settling import ABOUT, PARENTS, PARTS, container, settled, subject, subjects
from bot.core.schemas.schema import POSITION, Change, Snapshot, differences, whole

# Attributes that are settings and not structure.
_TUNING: Mapping[str, Collection[str]] = {
    "table": {"options", "toast options", "replica identity", "access method"},
    "column": {POSITION, "statistics", "storage", "compression", "options"},
    "index": {"clustered", "replica identity", "statistics"},
    "materialized view": {"options", "populated", "access method"},
    "extension": {"version", "schema"},
    "subscription": {"enabled", "slot", "publications"},
}
_MATTERS = {
    **dict.fromkeys(("owner", "grant", "user mapping", "security label"), Matter.RIGHTS),
    **dict.fromkeys(("statistics", "subscription"), Matter.TUNING),
    "comment": Matter.COMMENTS,
}
# Of these one more does no harm: a provider brings them, or an operator.
_BROUGHT = (
    *("extension", "publication", "event trigger", "foreign server", "foreign data wrapper"),
    *("language", "access method", "transform", "cast"),
)
_SAID = {"removed": "lacks", "added": "has besides:", "changed": "has otherwise:"}


@dataclass(frozen=True)
class Deviation:
    """One object. The change is from what the migrations make (`before`) to what the target has
    (`after`). `stops` says that no rollout begins with it, where the target's mode refuses.
    `columns` is how many an added or missing table has."""

    change: Change
    matter: Matter
    stops: bool = True
    columns: int = 0

    @property
    def verb(self) -> str:
        if self.change.before is None:
            return "added"
        return "removed" if self.change.after is None else "changed"

    @property
    def moved(self) -> bool:
        """Whether it is a column that stands elsewhere, and nothing else."""
        return self.change.attributes == (POSITION,)

    @property
    def place(self) -> str:
        """The table, or whatever else it is told with."""
        kind, identity = self.change.kind, self.change.identity
        if kind in PARTS:
            return container(identity)
        return subject(identity) if kind in ABOUT else identity

    @property
    def line(self) -> str:
        """As said of the target."""
        rest = str(self.change).partition(" ")[2]
        count = f" ({self.columns} column{'s' * (self.columns != 1)})" if self.columns else ""
        return f"{_SAID[self.verb]} {rest}{count}"


@dataclass(frozen=True)
class Deviations:
    """`all` that count, also what goes without saying; `told` without the parts of what is missing
    or added as a whole. `grown` partitions were made by time."""

    all: tuple[Deviation, ...] = ()
    told: tuple[Deviation, ...] = ()
    grown: int = 0

    @property
    def stopping(self) -> tuple[Deviation, ...]:
        return tuple(each for each in self.told if each.stops)


def deviations(
    expected: Snapshot,
    there: Snapshot,
    policy: DriftPolicy,
    *,
    schemas: Collection[str],
    across_majors: bool = False,
    imitated: Collection[str] = (),
) -> Deviations:
    """What has happened to a target besides its migrations. What it has in other schemas than
    `schemas`, which the migrations know, stops nothing. Of the extensions in `imitated` what was
    expected is no version."""
    unversioned = _unversioned(expected, imitated)
    both = settled(unversioned, there, policy, across_majors=across_majors)
    found = differences(both.expected, both.there, across_majors=across_majors)
    every = (*found.removed, *found.added, *found.changed)
    counted = [each for each in every if _weight(each, policy) is not DriftMode.OFF]
    told = dict(_without_strangers(counted, schemas))

    def deviation(change: Change) -> Deviation:
        stops = _weight(change, policy) is DriftMode.REFUSE and _known(change, schemas)
        return Deviation(change, matter_of(change), stops, told.get(change, 0))

    return Deviations(
        all=tuple(deviation(each) for each in counted),
        told=tuple(deviation(each) for each in counted if each in told),
        grown=both.grown,
    )


def stopping_lines(
    expected: Snapshot,
    there: Snapshot,
    policy: DriftPolicy,
    *,
    schemas: Collection[str],
    across_majors: bool,
) -> tuple[str, ...]:
    """One line for each difference that no rollout begins with, as said of the target."""
    found = deviations(expected, there, policy, schemas=schemas, across_majors=across_majors)
    return tuple(each.line for each in found.stopping)


def changed_by_hand(
    expected: Expected,
    there: Snapshot,
    policy: DriftPolicy,
    *,
    schemas: Collection[str],
    across_majors: bool,
) -> tuple[str, ...]:
    """Of the objects that lie between the two schemas expected, what the target has otherwise than
    the first of them: one line each. A part of a table counts as the table."""
    between = differences(expected.before, expected.after)
    changes = (*between.added, *between.removed, *between.changed)
    about = {Deviation(each, matter_of(each)).place for each in changes}
    found = deviations(
        expected.before,
        there,
        policy,
        schemas=schemas,
        across_majors=across_majors,
        imitated=expected.imitated,
    )
    structure = (each for each in found.all if each.matter is Matter.STRUCTURE)
    return tuple(each.line for each in structure if each.place in about)


def _unversioned(expected: Snapshot, imitated: Collection[str]) -> Snapshot:
    if not imitated:
        return expected
    return {
        key: tuple(each for each in definition if each[0] != "version")
        if key[0] == "extension" and key[1] in imitated
        else definition
        for key, definition in expected.items()
    }


def matter_of(change: Change) -> Matter:
    if change.kind in _MATTERS:
        return _MATTERS[change.kind]
    if change.before is None and change.kind in _BROUGHT:
        return Matter.TUNING
    settings = _TUNING.get(change.kind, ())
    changed = change.attributes
    return Matter.TUNING if changed and set(changed) <= set(settings) else Matter.STRUCTURE


def _weight(change: Change, policy: DriftPolicy) -> DriftMode:
    return policy.weight(matter_of(change), change.kind)


def _known(change: Change, schemas: Collection[str]) -> bool:
    return change.before is not None or schema_of(change) in {"", *schemas}


def schema_of(change: Change) -> str:
    """Where it is; "" for what is in no schema."""
    if change.kind == "schema":
        return change.identity
    text = change.identity
    if change.kind in ABOUT:
        text = next((each for each in subjects(text) if each), "")
    if change.kind not in (*PARENTS, *ABOUT) and "." not in text.partition("(")[0]:
        return ""
    if text.startswith('"'):
        return text[1:].partition('"')[0]
    return text.partition(".")[0]


def _without_strangers(
    changes: Collection[Change], schemas: Collection[str]
) -> Iterator[tuple[Change, int]]:
    """What is told: a schema that only the target has stands for all that is in it."""
    strange = {
        each.identity for each in changes if each.kind == "schema" and each.before is None
    } - set(schemas)
    for change, columns in whole(changes):
        inside = change.before is None and change.kind != "schema" and schema_of(change) in strange
        if not inside:
            yield change, columns
