"""The INSERT that makes up the rows of one table, out of nothing but the numbers of its rows."""

# ruff: noqa: S608 - queries are made of the names in a catalogue, and run as who owns them

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from bot.adapters.postgres.rehearsal.rows.composed import LAST, TRIES, Composed, Wanted
from bot.adapters.postgres.rehearsal.rows.makers import ENDLESS, Maker
from bot.adapters.postgres.rehearsal.rows.order import is_own
from bot.adapters.postgres.rehearsal.rows.tables import Column, Key, Reference
from bot.core.quoting import quoted

NUMBER = quoted("migration_bot_number")
# Where nothing is known of a column.
USUAL_NULLS, NULLS_IN_A_CHECK = 0.1, 0.5
REPEATS = 10

# Primes, so that the numbers of two columns do not go in step.
_STEPS = (2_654_435_761, 1_500_450_271, 3_267_000_013, 2_971_215_073, 1_299_709_931, 433_494_437)
_NULL_STEPS = (7_368_787, 15_485_863, 32_452_843, 49_979_687, 67_867_967, 86_028_121)


@dataclass(frozen=True)
class _Slot:
    """Columns that get their values together: one, or those of a foreign key."""

    columns: tuple[str, ...]
    capacity: int
    reference: Reference | None = None


def compose(wanted: Wanted) -> Composed:
    return _Composer(wanted).composed()


class _Composer:
    """Gathers the expressions of all columns, one foreign key and column after the other."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.table = wanted.table
        self.values: dict[str, str] = {}
        self.own: dict[str, str] = {}
        self.joins: list[str] = []
        self.filters: list[str] = []
        self.slots = tuple(self._slots())
        self.rows = wanted.rows
        self.numbers = self._numbers()

    def composed(self) -> Composed:
        for place, slot in enumerate(self.slots):
            if slot.reference is not None:
                self._refer(slot, slot.reference, place)
            else:
                self._make(slot, place)
        for reference in self.table.references:
            self._settle(reference)
        conditions = (*self.wanted.conditions, *self.filters)
        if self.wanted.part.rule is not None:
            conditions += (f"coalesce({self.wanted.part.rule}, false)",)
        return Composed(tuple(self._columns()), self._source(), conditions, self.rows)

    def _columns(self) -> Iterator[str]:
        for each in self.table.columns:
            if each.name in self.values or each.name in self.own:
                yield each.name

    def _source(self) -> str:
        made = ", ".join(f"{value} AS {quoted(name)}" for name, value in self.values.items())
        comma = ", " if made else ""
        inner = (
            f"SELECT s.n AS {NUMBER}{comma}{made}\n"
            f"FROM (SELECT generate_series(0::bigint, {LAST}) AS n) AS s\n"
            + "".join(f"{join}\n" for join in self.joins)
            + "OFFSET 0"
        )
        if not self.own:
            return inner
        more = ", ".join(f"{value} AS {quoted(name)}" for name, value in self.own.items())
        return f"SELECT base.*, {more} FROM ({inner}) AS base"

    def _slots(self) -> Iterator[_Slot]:
        """Foreign keys first, as far as they do not share columns; then what is left."""
        taken: set[str] = set(self.wanted.part.makers)
        for reference in self.table.references:
            rows = self.wanted.parents.get(reference.name, 0)
            if rows and not is_own(reference, self.table) and not taken & {*reference.columns}:
                taken |= {*reference.columns}
                yield _Slot(reference.columns, rows, reference)
        awaiting = taken | {*self._awaiting()}
        for column in self.table.columns:
            if column.name in awaiting - {*self.wanted.part.makers}:
                continue
            maker = self._maker(column)
            if column.drawn is not None and column.name not in self.wanted.part.makers:
                yield _Slot((column.name,), ENDLESS)
            elif maker is not None and not self._empty(column):
                yield _Slot((column.name,), maker.capacity)

    def _awaiting(self) -> Iterator[str]:
        """Columns of foreign keys: what is in them is not for us to make up."""
        for reference in self.table.references:
            if self.wanted.parents.get(reference.name) and not is_own(reference, self.table):
                yield from reference.columns

    def _maker(self, column: Column) -> Maker | None:
        return self.wanted.part.makers.get(column.name) or self.wanted.makers.get(column.name)

    def _empty(self, column: Column) -> bool:
        """Whether a foreign key that has nothing to point to yet is to leave it NULL."""
        return not column.not_null and any(
            column.name in each.columns
            for each in self.table.references
            if is_own(each, self.table) or not self.wanted.parents.get(each.name)
        )

    def _numbers(self) -> list[str]:
        """For each slot the number of its value, of `s.n`, the number of the row."""
        counted: dict[int, str] = {}
        for key in self.table.keys:
            self._keep_apart(key, counted)
        return [
            counted.get(place) or self._spread(slot, place) for place, slot in enumerate(self.slots)
        ]

    def _keep_apart(self, key: Key, counted: dict[int, str]) -> None:
        """Give the columns of a key numbers that no two rows share, if there are enough."""
        columns = {*key.columns}
        places = [i for i, each in enumerate(self.slots) if columns & {*each.columns}]
        if not places or any(
            counted.get(i) == "s.n" or self._is_drawn(self.slots[i]) for i in places
        ):
            return
        # A foreign key only if need be: it would have one child to each parent.
        best = max(places, key=lambda i: (self.slots[i].reference is None, self.slots[i].capacity))
        if self.slots[best].capacity < self.rows:
            best = max(places, key=lambda i: self.slots[i].capacity)
        if self.slots[best].capacity >= self.rows:
            counted[best] = "s.n"
        elif key.only_where is not None:
            most = self.slots[best].capacity
            self.filters.append(f"({key.only_where}) IS NOT TRUE OR {NUMBER} < {most}")
        elif not any(i in counted for i in places):
            self._mix(places, counted)

    def _mix(self, places: Sequence[int], counted: dict[int, str]) -> None:
        stride = 1
        for i in sorted(places, key=lambda i: -self.slots[i].capacity):
            counted[i] = f"(s.n / {stride}) % {self.slots[i].capacity}"
            stride *= self.slots[i].capacity
        self.rows = min(self.rows, prod(self.slots[i].capacity for i in places))

    def _is_drawn(self, slot: _Slot) -> bool:
        column = self.table.by_name[slot.columns[0]]
        return slot.reference is None and column.drawn is not None

    def _spread(self, slot: _Slot, place: int) -> str:
        many = self._distinct(slot)
        if many >= self.rows and slot.reference is None:
            many = max(many, self.rows)
        step = _STEPS[place % len(_STEPS)]
        return f"(s.n * {step} + {place * 7}) % {min(many, 10**9)}"

    def _distinct(self, slot: _Slot) -> int:
        counted = self.wanted.counts.get(slot.columns[0])
        if counted is not None and counted.distinct:
            share = counted.distinct
            many = share if share > 0 else -share * self.rows
        elif slot.reference is not None or slot.columns[0] in self.wanted.part.makers:
            many = slot.capacity
        else:
            many = max(20, self.rows / REPEATS)
        return max(1, min(int(many), slot.capacity))

    def _make(self, slot: _Slot, place: int) -> None:
        column = self.table.by_name[slot.columns[0]]
        in_part = column.name in self.wanted.part.makers
        if column.drawn is not None and not in_part:
            self.values[column.name] = column.drawn
            return
        maker = self._maker(column)
        assert maker is not None
        number = self.numbers[place]
        if number == "s.n" and maker.capacity < self.rows * TRIES:
            number = f"s.n % {maker.capacity}"
        value = maker.write(number)
        self.values[column.name] = (
            value if in_part else self._or_null(value, column, self._nulls((column,)), place)
        )

    def _refer(self, slot: _Slot, reference: Reference, place: int) -> None:
        name = f"r{place}"
        self.joins.append(_numbered(reference, name, self.numbers[place], slot.capacity))
        columns = [self.table.by_name[each] for each in slot.columns]
        nulls = self._nulls(columns)
        for column, theirs in zip(columns, reference.parent_columns, strict=True):
            value = f"{name}.{quoted(theirs)}"
            self.values[column.name] = self._or_null(value, column, nulls, place)

    def _nulls(self, columns: Collection[Column]) -> float:
        """What fraction of them is NULL; of a foreign key's, all or none."""
        fractions = [self._null_fraction(each) for each in columns if not each.not_null]
        return max(fractions, default=0.0)

    def _null_fraction(self, column: Column) -> float:
        for key in self.table.keys:
            if key.nulls_count and column.name in key.columns:
                return 0.0
        counted = self.wanted.counts.get(column.name)
        if counted is not None:
            return counted.nulls
        return NULLS_IN_A_CHECK if column.name in self.wanted.checked else USUAL_NULLS

    def _or_null(self, value: str, column: Column, fraction: float, place: int) -> str:
        if column.not_null or not fraction:
            return value
        step = _NULL_STEPS[place % len(_NULL_STEPS)]
        return (
            f"CASE WHEN (s.n * {step} + {place * 31}) % 1000 >= {round(fraction * 1000)} "
            f"THEN {value} END"
        )

    def _settle(self, reference: Reference) -> None:
        """A foreign key that is no slot: to its own table, or in columns that have values."""
        if any(slot.reference is reference for slot in self.slots):
            return
        if is_own(reference, self.table):
            self._refer_to_itself(reference)
        elif self.wanted.parents.get(reference.name):
            missing = [each for each in reference.columns if each not in self.values]
            if not missing or any(self.table.by_name[each].not_null for each in missing):
                self._agree(reference)

    def _refer_to_itself(self, reference: Reference) -> None:
        for name, theirs in zip(reference.columns, reference.parent_columns, strict=True):
            column = self.table.by_name[name]
            if name == theirs or theirs not in self.values:
                continue
            own = f"base.{quoted(theirs)}"
            if not column.not_null:
                own = f"CASE WHEN base.{NUMBER} % 4 = 0 THEN {own} END"
            self.values.pop(name, None)
            self.own[name] = own

    def _agree(self, reference: Reference) -> None:
        """Only rows that a parent agrees with, which then also says what is missing."""
        pairs = dict(zip(reference.columns, reference.parent_columns, strict=True))
        shared = [(mine, theirs) for mine, theirs in pairs.items() if mine in self.values]
        missing = [(mine, theirs) for mine, theirs in pairs.items() if mine not in self.values]
        keys = ", ".join(quoted(theirs) for _, theirs in shared)
        every = ", ".join(quoted(theirs) for theirs in reference.parent_columns)
        name = f"q{len(self.joins)}"
        same = " AND ".join(
            f"{name}.{quoted(theirs)} = {self.values[mine]}" for mine, theirs in shared
        )
        self.joins.append(
            f"JOIN (SELECT DISTINCT ON ({keys}) {every} FROM {reference.source} "
            f"ORDER BY {every}) AS {name} ON {same}"
        )
        for mine, theirs in missing:
            self.values[mine] = f"{name}.{quoted(theirs)}"


def _numbered(reference: Reference, name: str, number: str, rows: int) -> str:
    """The parent's rows with a number each, which is asked for by ours."""
    keys = ", ".join(quoted(each) for each in reference.parent_columns)
    there = " AND ".join(f"{quoted(each)} IS NOT NULL" for each in reference.parent_columns)
    wanted = f"({number}) % {rows}" if number == "s.n" else number
    return (
        f"JOIN (SELECT {keys}, row_number() OVER () - 1 AS migration_bot_number "
        f"FROM {reference.source} WHERE {there}) AS {name} "
        f"ON {name}.migration_bot_number = {wanted}"
    )
