"""Made-up rows for every table of a database, as many as its target's sizes and a budget say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from bot.adapters.postgres.connection import Connection, explain
from bot.adapters.postgres.rehearsal.data_order import (
    HEADER,
    Share,
    Turn,
    in_order,
    is_own,
    may_be_null,
    row_bytes,
    shares,
)
from bot.adapters.postgres.rehearsal.data_partitions import Part, parts
from bot.adapters.postgres.rehearsal.data_rows import Composed, Wanted, compose
from bot.adapters.postgres.rehearsal.data_styles import fitting, literals, styles
from bot.adapters.postgres.rehearsal.data_tables import (
    Check,
    Column,
    Reference,
    Table,
    Type,
    quoted,
    read_tables,
)
from bot.adapters.postgres.rehearsal.data_values import USUAL_WIDTH, Maker, Types
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.core.rehearsal_order import DataOrder
from bot.core.sizes import ColumnSize, RelationSize

# The same rows every time: no order that depends on what else runs, and no plan that is quadratic.
SETTINGS = """
SET synchronize_seqscans = off;
SET max_parallel_workers_per_gather = 0;
SET enable_nestloop = off;
SET work_mem = '64MB';
SET synchronous_commit = off;
SET jit = off;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET bytea_output = 'hex';
SET lock_timeout = 0;
SET client_min_messages = error;
"""
_TEXTS = ("text", "varchar", "bpchar", "citext", "name")
_NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8", "money")
_STRETCHED = ("text", "varchar", "citext", "bytea", "json", "jsonb")
_WIDEST = 8_000
# Of the numbers that are tried to see whether any row meets all conditions.
_PROBED = 3_000


@dataclass
class Synthetic:
    """Fills the tables one after the other; `skipped` says why some stayed empty."""

    connection: Connection
    guard: Guard
    order: DataOrder
    note: Callable[[str], None]
    skipped: list[str] = field(default_factory=list)
    _spent: int = 0
    _expected: float = 0.0

    def fill(self) -> None:
        tables, types = read_tables(self.connection)
        self.connection.execute(SETTINGS.encode())
        self._types = Types(types)
        self._shares = shares(tables, self.order.budget, self.order.sizes)
        turns = in_order(tables)
        for place, turn in enumerate(turns):
            if self.guard.exhausted:
                self.skipped += [
                    f"{each.table.relation}: no time was left" for each in turns[place:]
                ]
                return
            self.note(f"making up rows for {turn.table.relation} ({place + 1} of {len(turns)})")
            reason = self._fill_table(turn)
            if reason:
                self.skipped.append(f"{turn.table.relation}: {reason}")

    def _fill_table(self, turn: Turn) -> str:
        share = self._shares[turn.table.oid]
        if share.rows == 0:
            return "it is empty in the target too"
        try:
            with self.guard.watching(self.connection):
                return self._filled(turn, share)
        except psycopg.Error as error:
            if self.connection.closed:
                raise
            return _reason(error)

    def _filled(self, turn: Turn, share: Share) -> str:
        table = turn.table
        parents = {
            each.name: 0 if each.name in turn.broken else self._rows_of(each)
            for each in table.references
            if not is_own(each, table)
        }
        for each in table.references:
            if not parents.get(each.name, 1) and not may_be_null(each, table):
                return f"its foreign key {each.name} has no rows in {each.parent_name} to point to"
        makers = self._makers(table, share)
        for column in table.columns:
            if self._unmade(column, makers, parents, table):
                name = self._types.known[column.type].quoted
                return f"we cannot make up values of {name} for {column.name}"
        widths = {
            each.name: makers[each.name].width if each.name in makers else 8
            for each in table.columns
        }
        expected = row_bytes(table, widths)
        rows = share.rows_of(expected * self._excess)
        reason = self._parts_filled(table, rows, makers, parents)
        self._learn(table, rows * expected)
        return reason

    @property
    def _excess(self) -> float:
        """How many times more bytes than expected the tables so far took; at least once."""
        return max(1.0, self._spent / self._expected) if self._expected else 1.0

    def _learn(self, table: Table, expected: float) -> None:
        oids = [each.oid for each in table.partitions if each.leaf] or [table.oid]
        row = self.connection.execute(
            "SELECT sum(pg_total_relation_size(each)) FROM unnest(%s::oid[]) AS each", (oids,)
        ).fetchone()
        if row and row[0] and expected > 1_000_000:
            self._spent += int(row[0])
            self._expected += expected

    def _parts_filled(
        self, table: Table, count: int, makers: Mapping[str, Maker], parents: Mapping[str, int]
    ) -> str:
        found = parts(table, self._type_of(table))
        if not found:
            return "it has no partition"
        reasons = []
        for part, rows in self._rows_of_parts(found, count):
            wanted = self._wanted(table, rows, makers, parents, part)
            reasons.append(self._insert(wanted))
        return next((each for each in reasons if each), "") if all(reasons) else ""

    def _rows_of_parts(self, found: Sequence[Part], rows: int) -> Iterator[tuple[Part, int]]:
        """In proportion to the target's partitions, where it has them all; else the same for all."""
        sizes = self.order.sizes
        known = [sizes.of(part.name) if sizes else None for part in found]
        counts = [each.rows or 0 for each in known if each is not None]
        if len(counts) == len(found) and sum(counts):
            for part, count in zip(found, counts, strict=True):
                if count:
                    yield part, max(1, rows * count // sum(counts))
        else:
            for part in found:
                yield part, max(1, rows // len(found))

    def _wanted(
        self,
        table: Table,
        rows: int,
        makers: Mapping[str, Maker],
        parents: Mapping[str, int],
        part: Part,
    ) -> Wanted:
        several = [each for each in table.checks if len(each.columns) > 1]
        return Wanted(
            table=self._strict(table),
            rows=rows,
            makers=makers,
            parents=parents,
            conditions=tuple(self._conditions(table)),
            checked=frozenset(name for each in several for name in each.columns),
            counts=self._counts(table),
            part=part,
        )

    def _strict(self, table: Table) -> Table:
        """A domain may be NOT NULL as well."""
        columns = tuple(
            Column(each.number, each.name, each.type, each.modifier, True, each.drawn)
            if self._types.not_null(each.type)
            else each
            for each in table.columns
        )
        return Table(**{**_fields(table), "columns": columns})

    def _insert(self, wanted: Wanted) -> str:
        """Why there are no rows; empty if there are some."""
        composed = self._composed(wanted)
        if composed is None:
            return f"no row that we make up meets {self._unmet(wanted)}"
        with self.connection.transaction():
            made = self._run(composed.insert(wanted.table))
        return "" if made else "every row that we make up is one too many for a trigger or a key"

    def _composed(self, wanted: Wanted) -> Composed | None:
        """With values of the types' own or, if no row meets the conditions, with those they name."""
        usual = compose(wanted)
        if not usual.conditions or self._count(usual):
            return usual
        named = {}
        for name in sorted(wanted.checked):
            maker = self._literals(wanted.table, name)
            if maker is not None:
                named[name] = maker
        other = compose(Wanted(**{**_fields(wanted), "makers": {**wanted.makers, **named}}))
        return other if self._count(other) else None

    def _literals(self, table: Table, name: str) -> Maker | None:
        column = table.by_name[name]
        found, _ = self._types.bare(column.type, column.modifier)
        if name in {each for key in table.keys for each in key.columns}:
            return None
        texts = [each.text for each in table.checks if name in each.columns]
        return literals(_category(found), found.quoted, texts)

    def _unmet(self, wanted: Wanted) -> str:
        composed = compose(wanted)
        names = [
            each.name
            for each in wanted.table.checks
            if each.columns and not self._count(composed, each.text)
        ]
        one = f"CHECK constraint {names[0]}" if names else "all of its CHECK constraints"
        part = wanted.part.rule is not None and not self._count(composed, wanted.part.rule)
        return f"the bounds of {wanted.part.name}" if part else one

    def _count(self, composed: Composed, only: str | None = None) -> int:
        row = self.connection.execute(composed.count(_PROBED, only).encode()).fetchone()
        return int(row[0]) if row else 0

    def _run(self, query: str) -> int:
        return self.connection.execute(query.encode()).rowcount

    def _conditions(self, table: Table) -> Iterator[str]:
        for check in table.checks:
            if check.columns:
                yield check.text
        for column in table.columns:
            yield from self._domain_conditions(column)

    def _domain_conditions(self, column: Column) -> Iterator[str]:
        for text in self._types.checks(column.type):
            # In a domain's condition VALUE stands for the value, and here for a column of that name.
            yield f"(SELECT {text} FROM (SELECT {quoted(column.name)} AS value) AS given)"

    def _makers(self, table: Table, share: Share) -> dict[str, Maker]:
        width = self._stretch(table, share)
        made = {}
        for column in table.columns:
            counted = self._counts(table).get(column.name)
            wide = counted.width if counted is not None and counted.width else width
            maker = self._types.maker(column.type, column.modifier, width=max(1, wide))
            if maker is not None:
                made[column.name] = self._fit(table, column, maker)
        return made

    def _fit(self, table: Table, column: Column, maker: Maker) -> Maker:
        conditions = [each.text for each in table.checks if each.columns == (column.name,)]
        conditions += self._domain_conditions(column)
        if not conditions or column.drawn is not None:
            return maker
        texts = [*conditions]
        found, _ = self._types.bare(column.type, column.modifier)
        ways = styles(maker, _category(found), found.quoted, texts)
        return fitting(self.connection, column.name, conditions, ways)

    def _stretch(self, table: Table, share: Share) -> int:
        """How long its texts are to be, so that a row takes as many bytes as in the target."""
        counts = self._counts(table)
        found = {each.name: self._types.bare(each.type, each.modifier)[0] for each in table.columns}
        open_ended = [
            name for name, each in found.items() if each.name in _STRETCHED and name not in counts
        ]
        if share.row_bytes is None or not open_ended:
            return USUAL_WIDTH
        others = sum(
            counts[name].width if name in counts else max(each.length, 8)
            for name, each in found.items()
            if name not in open_ended
        )
        each_one = (share.row_bytes - HEADER - others) / len(open_ended)
        return int(min(_WIDEST, max(4, each_one)))

    def _unmade(
        self,
        column: Column,
        makers: Mapping[str, Maker],
        parents: Mapping[str, int],
        table: Table,
    ) -> bool:
        if column.name in makers or column.drawn is not None:
            return False
        pointing = any(
            column.name in each.columns for each in table.references if each.name in parents
        )
        return not pointing and (column.not_null or self._types.not_null(column.type))

    def _counts(self, table: Table) -> dict[str, ColumnSize]:
        size = self._size(table)
        return {each.name: each for each in size.columns} if size is not None else {}

    def _size(self, table: Table) -> RelationSize | None:
        return self.order.sizes.of(table.relation) if self.order.sizes else None

    def _rows_of(self, reference: Reference) -> int:
        there = " AND ".join(f"{quoted(each)} IS NOT NULL" for each in reference.parent_columns)
        row = self.connection.execute(
            f"SELECT count(*) FROM {reference.source} WHERE {there}".encode()
        ).fetchone()
        return int(row[0]) if row else 0

    def _type_of(self, table: Table) -> Callable[[str], Type]:
        def find(name: str) -> Type:
            column = table.by_name[name]
            return self._types.bare(column.type, column.modifier)[0]

        return find


def _category(found: Type) -> str:
    if found.name in _TEXTS:
        return "text"
    return "number" if found.name in _NUMBERS else ""


def _fields(value: Table | Wanted) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _reason(error: psycopg.Error) -> str:
    return explain(error, "fill it").message.removesuffix(".")


__all__ = ["Check", "Synthetic"]
