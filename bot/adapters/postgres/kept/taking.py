"""What keeps rows in the transaction of the statement that destroys them, as SQL around it.

An UPDATE and a DELETE are limited to the rows that were chosen and locked before: at READ COMMITTED
they would also change what others commit in between, and nobody would have kept that.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from bot.adapters.postgres.kept.names import (
    AFTER,
    EXACT,
    INDEX,
    PLACE,
    ROW,
    SCHEMA,
    TABLE,
    given,
    identity_of,
    on_shelf,
    same_key,
    shelf_name,
    stored,
)
from bot.core.kept.kept import Keep, Woven
from bot.core.kept.loss import Losing
from bot.core.kept.policy import KeepPolicy
from bot.core.kept.table import Cascade, KeptColumn, Shelf
from bot.core.quoting import quoted
from bot.core.rollouts.batching import literal

_SCHEMA = f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"
_INDEX = f"""CREATE TABLE IF NOT EXISTS {INDEX} (
    shelf pg_catalog.text PRIMARY KEY,
    record pg_catalog.text NOT NULL,
    migration pg_catalog.text NOT NULL,
    statement pg_catalog.int4 NOT NULL,
    line pg_catalog.int4 NOT NULL,
    kind pg_catalog.text NOT NULL,
    table_schema pg_catalog.text NOT NULL,
    table_name pg_catalog.text NOT NULL,
    columns pg_catalog.jsonb NOT NULL,
    key pg_catalog.jsonb NOT NULL,
    sequences pg_catalog.jsonb NOT NULL,
    identity pg_catalog.jsonb NOT NULL,
    partial pg_catalog.bool NOT NULL,
    rows pg_catalog.int8 NOT NULL,
    bytes pg_catalog.int8 NOT NULL,
    at pg_catalog.timestamptz NOT NULL,
    until pg_catalog.timestamptz NOT NULL,
    given_at pg_catalog.timestamptz,
    given pg_catalog.int8 NOT NULL DEFAULT 0,
    conflicts pg_catalog.jsonb NOT NULL DEFAULT '[]'
)"""
_LISTING = f"""INSERT INTO {INDEX} (shelf, record, migration, statement, line, kind, table_schema,
    table_name, columns, key, sequences, identity, partial, rows, bytes, at, until)"""


def prologue(shelf: Shelf) -> Iterator[str]:
    """What makes the place, where it is not there."""
    if not shelf.schema:
        yield _SCHEMA
    if not shelf.index:
        yield _INDEX
        yield from _closed(INDEX, shelf)


@dataclass(frozen=True)
class Naming:
    """Whose it is, and which of the tables of its statement: `above` is the number of the rows that
    it goes with, 0 if it goes by itself."""

    migration: str
    record: str
    number: int
    above: int = 0

    def shelf(self, statement: int, number: int) -> str:
        return shelf_name(self.record, statement, number)


def taking(keep: Keep, shelf: Shelf, policy: KeepPolicy, named: Naming) -> Woven:
    return _Taking(keep, shelf, policy, named).woven()


def _closed(table: str, shelf: Shelf) -> Iterator[str]:
    """Rights that are given by default are taken back: nobody but the owner reads it."""
    roles = ", ".join(dict.fromkeys(("PUBLIC", *shelf.granted)))
    yield f"REVOKE ALL ON TABLE {table} FROM {roles}"


class _Taking:
    def __init__(self, keep: Keep, shelf: Shelf, policy: KeepPolicy, named: Naming) -> None:
        self._keep, self._loss, self._table = keep, keep.loss, keep.table
        self._shelf, self._policy, self._named = shelf, policy, named
        self._name = named.shelf(keep.loss.statement, named.number)
        self._kept, self._after = on_shelf(self._name), on_shelf(self._name + AFTER)
        self._source = f"{quoted(self._table.schema)}.{quoted(self._table.name)}"

    def woven(self) -> Woven:
        before = [*self._before(), *self._finished(self._kept)]
        after = [*self._written(), self._listed()]
        if self._loss.change is None:
            # There is nothing left afterwards to ask, but of a column whose type has changed.
            late = self._loss.kind is Losing.TYPES
            return Woven(tuple(before if late else [*before, *after]), tuple(after if late else ()))
        return Woven(tuple(before), tuple(after), self._loss.change.limited(self._is_chosen()))

    def _is_chosen(self) -> str:
        """By its place, which nobody changes while it is locked: that is looked up and not joined.
        Each partition has places of its own."""
        assert self._loss.change is not None
        called = self._loss.change.called
        places = f"ARRAY(SELECT {PLACE} FROM {self._kept})"  # noqa: S608
        chosen = f"{called}.ctid = ANY ({places})"
        if not self._table.partitioned:
            return chosen
        both = f"SELECT {TABLE}, {PLACE} FROM {self._kept}"  # noqa: S608
        return f"{chosen} AND ({called}.tableoid, {called}.ctid) IN ({both})"

    def _before(self) -> Iterator[str]:
        number = f"pg_catalog.row_number() OVER () AS {ROW}"
        if self._loss.kind.blocking:
            yield f"LOCK TABLE {self._source} IN ACCESS EXCLUSIVE MODE"
        chosen = f"({self._chosen()}) AS chosen"
        yield from self._exactly(
            f"CREATE TABLE {self._kept} AS SELECT {number}, chosen.* FROM {chosen}"  # noqa: S608
        )

    def _exactly(self, text: str) -> Iterator[str]:
        """Where values are kept as their text; what the file has set itself is set again."""
        if self._loss.kind is not Losing.TYPES and all(
            each.plain for each in (*self._keep.columns, *self._keep.key)
        ):
            yield text
            return
        for each, value in EXACT.items():
            saved = f"set_config('{SCHEMA}.{each}', pg_catalog.current_setting('{each}'), true)"
            changed = f"set_config('{each}', '{value}', true)"
            yield f"SELECT pg_catalog.{saved}, pg_catalog.{changed}"
        yield text
        for each in EXACT:
            saved = f"pg_catalog.current_setting('{SCHEMA}.{each}')"
            yield f"SELECT pg_catalog.set_config('{each}', {saved}, true)"

    def _chosen(self) -> str:
        change = self._loss.change
        if change is None and self._keep.by is not None:
            return self._following(self._keep.by)
        if change is None:
            columns = ", ".join(self._columns("t"))
            return f"SELECT {columns} FROM {self._source} AS t{self._worth_keeping()}"  # noqa: S608
        called = change.called
        places = (f"{called}.tableoid AS {TABLE}", f"{called}.ctid AS {PLACE}")
        order = [f"{called}.{quoted(each.name)}" for each in self._keep.key]
        # What the statement itself takes, and no more: who points to a row need not wait for us.
        lock = "FOR UPDATE" if self._loss.kind is Losing.DELETED else "FOR NO KEY UPDATE"
        return change.chosen((*places, *self._columns(called)), order, lock)

    def _following(self, by: Cascade) -> str:
        """Rows that point to those that are chosen already: while these are locked, nobody adds
        another."""
        assert self._keep.above is not None
        columns = ", ".join(self._columns("t"))
        above = on_shelf(self._named.shelf(self._loss.statement, self._named.above))
        found = [self._keep.above.table.column(each) for each in by.referenced]
        pointing = " AND ".join(
            f"t.{quoted(own)} = {given(there, 'p')}"
            for own, there in zip(by.columns, found, strict=True)
            if there is not None
        )
        points = f"EXISTS (SELECT FROM {above} AS p WHERE {pointing})"
        order = ", ".join(f"t.{quoted(each.name)}" for each in self._keep.key)
        ordered = f" ORDER BY {order}" if order else ""
        source = f"{self._source} AS t WHERE {points}{ordered} FOR UPDATE OF t"
        return f"SELECT {columns} FROM {source}"  # noqa: S608

    def _columns(self, source: str) -> list[str]:
        own = self._keep.columns
        key = [each for each in self._keep.key if each not in own]
        return [stored(each, source) for each in (*key, *own)]

    def _worth_keeping(self) -> str:
        """A column that is made anew is null by itself, unless something fills it."""
        columns = self._keep.columns
        if self._loss.kind is not Losing.COLUMNS or any(each.filled for each in columns):
            return ""
        return " WHERE " + " OR ".join(f"t.{quoted(each.name)} IS NOT NULL" for each in columns)

    def _finished(self, table: str) -> Iterator[str]:
        yield from _closed(table, self._shelf)
        if self._table.closed:
            yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        # A division by zero where the estimate was far too low: then it goes on without.
        most = max(self._policy.budget - self._shelf.bytes, 0)
        yield f"SELECT 1 / (pg_catalog.pg_table_size('{table}') <= {most})::pg_catalog.int4"

    def _written(self) -> Iterator[str]:
        """What the statement has made of the values: by it one sees later who has been at them."""
        if not self._loss.kind.compared:
            return
        late = self._loss.kind is Losing.TYPES
        columns = ", ".join(
            f"t.{quoted(each.name)}::text AS {quoted(each.name)}" if late else stored(each, "t")
            for each in self._keep.columns
        )
        # Not by its name alone: the file may have another table of it in front by now.
        yield from self._exactly(
            f"CREATE TABLE {self._after} AS SELECT k.{ROW}, {columns} FROM {self._kept} AS k "  # noqa: S608
            f"JOIN {self._source} AS t ON {same_key(self._keep.key, 't', 'k')}"
        )
        yield from self._finished(self._after)

    def _listed(self) -> str:
        loss, table = self._loss, self._table
        texts = ", ".join(
            literal(each)
            for each in (
                loss.kind, table.schema, table.name, _columns_text(self._keep.columns),
                _columns_text(self._keep.key),
            )
        )  # fmt: skip
        sizes = [f"pg_catalog.pg_total_relation_size('{self._kept}')"]
        if loss.kind.compared:
            sizes.append(f"pg_catalog.pg_total_relation_size('{self._after}')")
        own = ", ".join(map(literal, (self._name, self._named.record, self._named.migration)))
        counted = f"(SELECT count(*) FROM {self._kept})"  # noqa: S608
        until = f"now() + interval '{self._policy.days} days'"
        values = (
            own, str(loss.statement), str(loss.line), texts, self._sequences(),
            identity_of(self._source, self._keep.key), str(self._keep.partial), counted,
            " + ".join(sizes), "now()", until,
        )  # fmt: skip
        return f"{_LISTING} SELECT {', '.join(values)}"

    def _sequences(self) -> str:
        """How far the sequences were that go with the columns."""
        found = [each for each in self._keep.columns if each.sequence]
        if self._loss.kind not in (Losing.TABLE, Losing.EMPTIED, Losing.COLUMNS) or not found:
            return "'{}'::pg_catalog.jsonb"
        values = (f"(SELECT last_value FROM {each.sequence})" for each in found)  # noqa: S608
        names = (literal(each.name) for each in found)
        pairs = ", ".join(f"{name}, {value}" for name, value in zip(names, values, strict=True))
        return f"pg_catalog.jsonb_build_object({pairs})"


def _columns_text(columns: tuple[KeptColumn, ...]) -> str:
    return json.dumps([[each.name, each.type, each.plain] for each in columns], ensure_ascii=False)
