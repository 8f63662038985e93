"""All that was seen of one statement, and which relations are not as they were before it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.adapters.postgres.rehearsal.trace.hearing import Heard
from bot.adapters.postgres.rehearsal.trace.observing import Counters, Reading
from bot.adapters.postgres.rehearsal.trace.snapshots import Snapshot
from bot.core.migrations.effects import LockMode

FILLED = "rm"
INDEXES = "iI"
# What the server reads without a word about it: tables with a column of the domain, and the default
# partition where another one is made. That it was read is counted, but so is what queries read.
_SILENT = re.compile(r"\bdomain\b|\bpartition\s+of\b", re.IGNORECASE)
# A table that is emptied gets a new file, and nothing is written to it.
_EMPTIES = re.compile("truncate", re.IGNORECASE)


def may_empty(sql: str) -> bool:
    return bool(_EMPTIES.search(sql))


def reads_silently(sql: str) -> bool:
    return bool(_SILENT.search(sql))


@dataclass(frozen=True)
class Evidence:
    """All that was seen of one statement. `taken` are locks that its transaction did not have
    before, `had` those that it did, `held` all that it has, `emptied` the relations that are left
    without a page. `silent` says that counters have to tell what was read, `sampled` that locks may
    have been overlooked."""

    before: Reading
    after: Reading
    heard: Heard = field(default_factory=Heard)
    taken: Mapping[int, LockMode] = field(default_factory=dict)
    held: Mapping[int, LockMode] = field(default_factory=dict)
    had: Mapping[int, LockMode] = field(default_factory=dict)
    emptied: Collection[int] = ()
    silent: bool = False
    sampled: bool = False

    @cached_property
    def changed(self) -> frozenset[int]:
        """Relations that were there before and are not as they were, or not there."""
        return changed(self.before.snapshot, self.after.snapshot)

    @cached_property
    def changed_columns(self) -> frozenset[int]:
        before, after = self.before.snapshot.columns, self.after.snapshot.columns
        if before is after:
            return frozenset()
        now = after.get
        return frozenset([oid for oid, each in before.items() if now(oid) is not each])

    def delta(self, oid: int) -> Counters:
        """What was done to a relation meanwhile."""
        now = self.after.counters.get(oid, Counters())
        was = self.before.counters.get(oid, Counters())
        return Counters(*(new - old for new, old in zip(now, was, strict=True)))


def changed(before: Snapshot, after: Snapshot) -> frozenset[int]:
    if before.schemas != after.schemas:
        return frozenset(before.relations)
    if before.relations is after.relations:
        return frozenset()
    now = after.relations.get
    return frozenset([oid for oid, each in before.relations.items() if now(oid) is not each])


def renewed(before: Snapshot, after: Snapshot) -> dict[int, int]:
    """Relations with another file than before, and what they are now: by identity, or by name
    where the server makes one anew to change it."""
    kinds = FILLED + INDEXES
    different = {
        oid: before.relations[oid]
        for oid in changed(before, after)
        if before.relations[oid].kind in kinds
    }
    names: dict[str, int] = {}
    if any(oid not in after.relations for oid in different):
        added = after.relations.keys() - before.relations.keys()
        names = {after.name(oid): oid for oid in added if after.relations[oid].kind in kinds}
    found = {}
    for oid, each in different.items():
        now = oid if oid in after.relations else names.get(before.name(oid))
        if now is not None and after.relations[now].file != each.file:
            found[oid] = now
    return found
