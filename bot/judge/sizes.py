"""What the size of a table makes of a finding about it.

| What the statement does                                 | small  | between  | large             |
|---------------------------------------------------------|--------|----------|-------------------|
| rewrites, reads or indexes all of it while others wait   | notice | as usual | a warning: error  |
| makes others wait for its lock, or for rows it changes   | notice | as usual | as usual          |

Nothing is made lighter by what is not known: each relation that others wait for must be measured,
small, not long ago, and hardly written to: a queue is a small table that everybody waits for. What
data is lost, who may read it and what a running version of the application makes of it are not
weighed at all.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.rule import Rule, name_of
from bot.core.migrations.effects import Effects
from bot.core.rehearsals.sized import Sized, sized
from bot.core.rehearsals.sizes import RelationSize, Sizes, SizesNote, Thresholds
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import MigrationContext
from bot.sql.actions import Rename


@dataclass(frozen=True)
class Scales:
    """Sizes, and which rules they are for. `fixed` names the rules whose severity somebody chose:
    it stays. `stale` sizes make nothing lighter."""

    sizes: Sizes
    rules: Mapping[str, Sized]
    fixed: frozenset[str]
    stale: bool


def scales_of(
    sizes: Sizes | None, rules: Iterable[Rule], *, fixed: Collection[str], now: datetime
) -> Scales | None:
    if sizes is None:
        return None
    about = {name_of(rule): found for rule in rules if (found := sized(rule))}
    return Scales(sizes, about, frozenset(fixed), sizes.stale(now))


def note_of(scales: Scales | None) -> SizesNote | None:
    """Whose sizes were used, for the report."""
    if scales is None:
        return None
    return SizesNote(scales.sizes.target, scales.sizes.taken_at, scales.stale)


def weighed(
    findings: Iterable[Finding], file: MigrationContext, scales: Scales | None
) -> list[Finding]:
    """The findings of a migration with the sizes of what they are about; as they were without."""
    if scales is None:
        return list(findings)
    renamed = {each.new for each in file.all(Rename)}
    if renamed:
        # Under this name the target may know another table.
        scales = replace(scales, sizes=scales.sizes.without(renamed))
    others = _no_tables(file)
    return [_weighed(each, file.effects, scales, others) for each in findings]


def _weighed(
    finding: Finding, effects: Sequence[Effects], scales: Scales, others: frozenset[str]
) -> Finding:
    about = scales.rules.get(finding.rule)
    place = finding.statement
    if about is None or place is None or place >= len(effects):
        return finding
    if about is not Sized.FILE:
        return weigh(finding, about, [Touched.by(effects[place], others)], scales)
    touched = [Touched.by(each, others) for each in effects]
    return weigh(finding, about, [each for each in touched if each.blocks], scales)


@dataclass(frozen=True)
class Touched:
    """The relations in use that a statement works through, and those it makes others wait for."""

    work: tuple[str, ...]
    waits: tuple[str, ...]
    blocks: bool
    understood: bool = True

    @classmethod
    def by(cls, effects: Effects, others: Collection[str] = ()) -> "Touched":
        """`others` are relations whose size says nothing: indexes, sequences and views."""
        used = [lock for lock in effects.locks if not lock.new and lock.relation not in others]
        new = {lock.relation for lock in effects.locks if lock.new}
        work = [each for each in (*effects.rewrites, *effects.scans) if each not in new]
        blocked = [lock.relation for lock in used if lock.mode.blocks]
        # Without either, what a statement reads and the rows it changes take the time.
        waits = blocked or work or [lock.relation for lock in used]
        return cls(tuple(work), tuple(waits), bool(blocked), effects.understood)

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.work, *self.waits)))


def weigh(finding: Finding, about: Sized, statements: Sequence[Touched], scales: Scales) -> Finding:
    """The finding with the size of the greatest relation it is about, and the severity of that."""
    found = _greatest(statements, scales.sizes)
    if found is None:
        return finding
    finding = replace(finding, size=found)
    if about is Sized.SHOWN or finding.rule in scales.fixed:
        return finding
    severity = finding.severity
    if severity is Severity.WARNING and about is Sized.WORK and _heavy(statements, scales.sizes):
        severity = Severity.ERROR
    elif not scales.stale and _light(statements, scales.sizes):
        severity = Severity.NOTICE
    if severity is finding.severity:
        return finding
    return replace(finding, severity=severity, usual=finding.severity)


def _greatest(statements: Sequence[Touched], sizes: Sizes) -> RelationSize | None:
    """Of what is worked through if there is any, else of what others wait for."""
    for names in ([each.work for each in statements], [each.waits for each in statements]):
        touched = {name for each in statements for name in each.all}
        known = [_whole(name, touched, sizes) for some in names for name in some]
        found = [each for each in known if each is not None]
        if found:
            return max(found, key=lambda each: (each.bytes, each.rows or 0, each.relation))
    return None


def _whole(name: str, touched: Collection[str], sizes: Sizes) -> RelationSize | None:
    """A relation; for a partition whose table is touched as well, that table."""
    size, seen = sizes.of(name), {name}
    while size is not None and size.partition_of is not None:
        parent = sizes.known_as(size.partition_of)
        # A file of sizes may say that a table is a partition of itself.
        if parent not in touched or parent in seen or sizes.of(parent) is None:
            break
        seen.add(parent)
        size = sizes.of(parent)
    return size


def _heavy(statements: Sequence[Touched], sizes: Sizes) -> bool:
    """Whether one of them works through as much as is large, while others wait."""
    return any(
        sum(size.bytes for name in each.work if (size := sizes.of(name))) >= sizes.thresholds.large
        for each in statements
        if each.blocks
    )


def _light(statements: Sequence[Touched], sizes: Sizes) -> bool:
    """Whether all that they touch is known to be small."""
    if not all(each.understood for each in statements):
        return False
    found = [sizes.of(name) for each in statements for name in each.all]
    return bool(found) and all(_small(each, sizes.thresholds) for each in found)


def _small(size: RelationSize | None, thresholds: Thresholds) -> bool:
    return bool(size and size.measured and not size.busy and size.bytes < thresholds.small)


def _no_tables(file: MigrationContext) -> frozenset[str]:
    return frozenset(
        name for catalogue in (file.start, file.catalogue) for name in _others(catalogue)
    )


def _others(catalogue: Catalogue) -> Iterator[str]:
    yield from catalogue.indexes
    yield from catalogue.sequences
    yield from (each.name for each in catalogue.views.values() if not each.materialized)
