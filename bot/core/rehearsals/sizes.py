"""How big the relations of a target are: counts and bytes, never a value out of a row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from bot.core.targets.url import DEFAULT_SCHEMA

# A table that was empty a month ago says nothing about today.
FRESH_FOR = timedelta(days=30)
# Rows a second. A table of this kind may be empty and yet be a queue that everybody waits for.
BUSY = 10.0

SIZE_PATTERN = r"^[0-9]{1,6}(\.[0-9]{1,3})? ?([kMGT]?B)$"
_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def bytes_of(text: str) -> int:
    """Of "1.5 MB" 1,500,000: in decimal units, as sizes are shown. The text fits SIZE_PATTERN."""
    number = text.rstrip("kMGTB ")
    return round(float(number) * _UNITS[text[len(number) :].strip()])


def size_text(number: int) -> str:
    """In decimal units, as disks and object stores count."""
    value = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


class RelationKind(StrEnum):
    TABLE = "table"
    PARTITIONED = "partitioned table"
    VIEW = "materialized view"


class RowSource(StrEnum):
    """Where an estimate of rows comes from: the planner's statistics, the counters of inserted and
    deleted rows where the table was never analysed, or a file without a single page."""

    PLANNER = "planner"
    COUNTERS = "counters"
    NO_PAGES = "no pages"


@dataclass(frozen=True)
class ColumnSize:
    """What the server counted of a column: how many values there are, and never which.

    `nulls` is the fraction of rows that have none. `distinct` is a number of values or, below zero,
    less the fraction of rows that have one of their own; 0 if it is not known. `width` is in bytes,
    on average, of the values that are there.
    """

    name: str
    nulls: float = 0.0
    distinct: float = 0.0
    width: int = 0


@dataclass(frozen=True)
class RelationSize:
    """One relation, as `schema.name` without quotes. `heap` is everything that is no index.

    `rows` is an estimate, and None if the server has none. `writes` is how many rows a second were
    written while somebody looked; None if nobody could. A partitioned table is the sum of its
    partitions, and `partition_of` is the table that a partition belongs to. `measured` is False
    where somebody's lock kept the files from being looked at: bytes are then as last noted.
    `columns` are those that were asked about and that the server has counts of.
    """

    relation: str
    kind: RelationKind = RelationKind.TABLE
    bytes: int = 0
    heap: int = 0
    indexes: int = 0
    rows: int | None = None
    rows_from: RowSource | None = None
    writes: float | None = None
    partition_of: str | None = None
    measured: bool = True
    columns: tuple[ColumnSize, ...] = ()

    @property
    def busy(self) -> bool:
        return self.writes is not None and self.writes >= BUSY


@dataclass(frozen=True)
class Thresholds:
    """In bytes: below `small` a table is done with at once, from `large` on nothing is."""

    small: int = 1_000_000
    large: int = 500_000_000


@dataclass(frozen=True)
class Sizes:
    """What a target holds: its relations in order of their names, and when that was true.

    `schema` is where the target keeps what a migration names without a schema. `seconds` is how
    long writes were counted; 0 if they were not.
    """

    target: str
    taken_at: datetime
    postgres: int
    relations: tuple[RelationSize, ...] = ()
    schema: str = DEFAULT_SCHEMA
    seconds: float = 0.0
    thresholds: Thresholds = field(default=Thresholds(), compare=False)

    @cached_property
    def _by_name(self) -> dict[str, RelationSize]:
        return {each.relation: each for each in self.relations}

    def of(self, relation: str) -> RelationSize | None:
        """The size of a relation under the name that the history knows it by."""
        schema, _, name = relation.partition(".")
        if schema == DEFAULT_SCHEMA:
            relation = f"{self.schema}.{name}"
        return self._by_name.get(relation)

    def known_as(self, relation: str) -> str:
        """The name that the history knows one of these relations by."""
        schema, _, name = relation.partition(".")
        return f"{DEFAULT_SCHEMA}.{name}" if schema == self.schema else relation

    def without(self, names: Collection[str]) -> "Sizes":
        """The same, as if nothing were known of relations with these names."""
        kept = (each for each in self.relations if self.known_as(each.relation) not in names)
        return replace(self, relations=tuple(kept))

    def stale(self, now: datetime) -> bool:
        return now - self.taken_at > FRESH_FOR


@dataclass(frozen=True)
class SizesNote:
    """Whose sizes a review went by, and when they were taken. `stale`: too long ago to rely on."""

    target: str
    taken_at: datetime
    stale: bool = False


def with_sums(relations: Iterable[RelationSize]) -> tuple[RelationSize, ...]:
    """The relations in order, each partitioned table with what its partitions add up to."""
    found = sorted(relations, key=lambda each: each.relation)
    children: dict[str, list[RelationSize]] = {}
    for each in found:
        if each.partition_of is not None:
            children.setdefault(each.partition_of, []).append(each)
    return tuple(_summed(each, children) for each in found)


def _summed(given: RelationSize, children: dict[str, list[RelationSize]]) -> RelationSize:
    if given.kind is not RelationKind.PARTITIONED:
        return given
    parts = [_summed(each, children) for each in children.get(given.relation, ())]
    rows = [each.rows for each in parts if each.rows is not None]
    writes = [each.writes for each in parts if each.writes is not None]
    known = len(rows) == len(parts)
    sources = [each.rows_from for each in parts if each.rows_from is not None]
    return RelationSize(
        relation=given.relation,
        kind=given.kind,
        bytes=sum(each.bytes for each in parts),
        heap=sum(each.heap for each in parts),
        indexes=sum(each.indexes for each in parts),
        rows=sum(rows) if known else None,
        # The least certain of them all.
        rows_from=_least_certain(sources) if known else None,
        writes=sum(writes) if writes and len(writes) == len(parts) else None,
        partition_of=given.partition_of,
        measured=all(each.measured for each in parts),
        columns=given.columns,
    )


def _least_certain(sources: list[RowSource]) -> RowSource:
    order = (RowSource.COUNTERS, RowSource.PLANNER, RowSource.NO_PAGES)
    return next((each for each in order if each in sources), RowSource.NO_PAGES)
