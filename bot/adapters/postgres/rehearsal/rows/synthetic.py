"""Made-up rows for every table of a database, as many as its target's sizes and a budget say."""

# ruff: noqa: S608 - queries are made of the names in a catalogue, and run as who owns them

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from bot.adapters.postgres.connection import Connection, explain
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.rows.composed import Composed, Wanted
from bot.adapters.postgres.rehearsal.rows.insert import compose
from bot.adapters.postgres.rehearsal.rows.likeness import Likeness
from bot.adapters.postgres.rehearsal.rows.order import Turn, in_order, is_own, may_be_null, shares
from bot.adapters.postgres.rehearsal.rows.partitions import Part
from bot.adapters.postgres.rehearsal.rows.tables import Reference, Table, read_tables
from bot.adapters.postgres.rehearsal.rows.values import Types
from bot.core.quoting import quoted
from bot.core.rehearsals.rehearsal_order import DataOrder

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
# So many numbers are tried to see whether any row meets all conditions.
_PROBED = 3_000
# Smaller tables say little about how well their bytes were foreseen.
_TELLING = 1_000_000


@dataclass
class Synthetic:
    """Fills the tables one after the other; `skipped` says why some stayed empty."""

    connection: Connection
    guard: Guard
    order: DataOrder
    note: Callable[[str], None]
    skipped: list[str] = field(default_factory=list)
    _spent: int = 0
    _foreseen: float = 0.0

    def fill(self) -> None:
        tables, known = read_tables(self.connection)
        self.connection.execute(SETTINGS.encode())
        given = shares(tables, self.order.budget, self.order.sizes)
        turns = in_order(tables)
        for place, turn in enumerate(turns):
            table = turn.table
            if self.guard.exhausted:
                left = [each.table.relation for each in turns[place:]]
                self.skipped += [f"{each}: no time was left" for each in left]
                return
            self.note(f"making up rows for {table.relation} ({place + 1} of {len(turns)})")
            sizes = self.order.sizes
            size = sizes.of(table.relation) if sizes else None
            like = Likeness(self.connection, Types(known), table, given[table.oid], size)
            reason = self._fill_table(turn, like)
            if reason:
                self.skipped.append(f"{table.relation}: {reason}")

    def _fill_table(self, turn: Turn, like: Likeness) -> str:
        """Why it stays empty; nothing if it does not."""
        if like.share.rows == 0:
            return "it is empty in the target too"
        try:
            with self.guard.watching(self.connection):
                return self._filled(turn, like)
        except psycopg.Error as error:
            if self.connection.closed:
                raise
            stopped = self.guard.stopped
            return f"it was stopped ({stopped})" if stopped else _said(error)

    def _filled(self, turn: Turn, like: Likeness) -> str:
        table = turn.table
        parents = {
            each.name: 0 if each.name in turn.broken else self._rows_of(each)
            for each in table.references
            if not is_own(each, table)
        }
        for each in table.references:
            if not parents.get(each.name, 1) and not may_be_null(each, table):
                return f"its foreign key {each.name} has no rows in {each.parent_name} to point to"
        unmade = like.unmade(parents)
        if unmade is not None:
            return f"we cannot make up values of {like.type_name(unmade)} for {unmade.name}"
        return self._parts_filled(like, parents)

    def _parts_filled(self, like: Likeness, parents: Mapping[str, int]) -> str:
        found = like.parts()
        if not found:
            return "it has no partition"
        # No less than what the tables before this one took beyond what was foreseen.
        excess = max(1.0, self._spent / self._foreseen) if self._foreseen else 1.0
        rows = like.share.rows_of(like.row_bytes * excess)
        reasons = [
            self._insert(like, like.wanted(some, parents, part))
            for part, some in self._divided(found, rows)
        ]
        self._learn(like.table, rows * like.row_bytes)
        return _of_parts(reasons)

    def _divided(self, found: Sequence[Part], rows: int) -> Iterator[tuple[Part, int]]:
        """As the target's partitions are, if it has them all; else the same for each."""
        sizes = self.order.sizes
        known = [sizes.of(part.name) if sizes else None for part in found]
        counts = [each.rows or 0 for each in known if each is not None]
        if len(counts) < len(found) or not any(counts):
            counts = [1] * len(found)
        total = sum(counts)
        for part, count in zip(found, counts, strict=True):
            if count:
                yield part, max(1, rows * count // total)

    def _insert(self, like: Likeness, wanted: Wanted) -> str:
        composed = self._composed(like, wanted)
        if composed is None:
            return f"no row that we make up meets {self._unmet(wanted)}"
        with self.connection.transaction():
            made = self.connection.execute(composed.insert(wanted.table).encode()).rowcount
        return "" if made else "every row that we make up is kept out by a key or a trigger"

    def _composed(self, like: Likeness, wanted: Wanted) -> Composed | None:
        """With the usual values or, if no row meets the conditions, with those that they name."""
        usual = compose(wanted)
        if not usual.conditions or self._count(usual):
            return usual
        named = compose(like.named_in_checks(wanted))
        return named if self._count(named) else None

    def _unmet(self, wanted: Wanted) -> str:
        composed, rule = compose(wanted), wanted.part.rule
        for check in wanted.table.checks:
            if check.columns and not self._count(composed, check.text):
                return f"CHECK constraint {check.name}"
        if rule is not None and not self._count(composed, rule):
            return f"the bounds of {wanted.part.name}"
        return "all of its CHECK constraints at once"

    def _count(self, composed: Composed, only: str | None = None) -> int:
        row = self.connection.execute(composed.count(_PROBED, only).encode()).fetchone()
        return int(row[0]) if row else 0

    def _rows_of(self, reference: Reference) -> int:
        there = " AND ".join(f"{quoted(each)} IS NOT NULL" for each in reference.parent_columns)
        query = f"SELECT count(*) FROM {reference.source} WHERE {there}"
        row = self.connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def _learn(self, table: Table, foreseen: float) -> None:
        oids = [each.oid for each in table.partitions if each.leaf] or [table.oid]
        query = b"SELECT sum(pg_total_relation_size(each)) FROM unnest(%s::oid[]) AS each"
        row = self.connection.execute(query, (oids,)).fetchone()
        if row and row[0] and foreseen > _TELLING:
            self._spent += int(row[0])
            self._foreseen += foreseen


def _of_parts(reasons: Sequence[str]) -> str:
    """Why a table, or some of its partitions, stayed empty; nothing where none did."""
    empty = [each for each in reasons if each]
    if not empty or len(empty) == len(reasons):
        return empty[0] if empty else ""
    return f"{len(empty)} of {len(reasons)} partitions: {empty[0]}"


def _said(error: psycopg.Error) -> str:
    return explain(error, "fill it").message.removesuffix(".")
