"""What the rows of a table are to be like: makers for its columns, conditions, what was counted."""

# ruff: noqa: S608 - queries are made of the names in a catalogue, and run as who owns them

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.rows.composed import Wanted
from bot.adapters.postgres.rehearsal.rows.makers import USUAL_WIDTH, Maker
from bot.adapters.postgres.rehearsal.rows.order import HEADER, Share, row_bytes
from bot.adapters.postgres.rehearsal.rows.partitions import Part, parts
from bot.adapters.postgres.rehearsal.rows.styles import fitting, literals, styles
from bot.adapters.postgres.rehearsal.rows.tables import Column, Table, Type
from bot.adapters.postgres.rehearsal.rows.values import Types
from bot.core.quoting import quoted
from bot.core.rehearsals.sizes import ColumnSize, RelationSize

_TEXTS = ("text", "varchar", "bpchar", "citext", "name")
_NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8", "money")
_STRETCHED = ("text", "varchar", "citext", "bytea", "json", "jsonb")
_WIDEST = 8_000


@dataclass(frozen=True)
class Likeness:
    """One table, what the target's server counted of it, and the way its values are written."""

    connection: Connection
    types: Types
    table: Table
    share: Share
    size: RelationSize | None = None

    @cached_property
    def makers(self) -> dict[str, Maker]:
        made = {}
        for column in self.table.columns:
            counted = self.counts.get(column.name)
            wide = counted.width if counted is not None and counted.width else self._stretch()
            maker = self.types.maker(column.type, column.modifier, width=max(1, wide))
            if maker is not None:
                made[column.name] = self._fit(column, maker)
        return made

    @cached_property
    def counts(self) -> dict[str, ColumnSize]:
        return {each.name: each for each in self.size.columns} if self.size is not None else {}

    @property
    def row_bytes(self) -> float:
        """What a row takes, as far as can be said beforehand."""
        makers = self.makers
        names = [each.name for each in self.table.columns]
        return row_bytes(
            self.table, {name: makers[name].width if name in makers else 8 for name in names}
        )

    def parts(self) -> tuple[Part, ...]:
        return parts(self.table, lambda name: self._type(self.table.by_name[name]))

    def unmade(self, parents: Mapping[str, int]) -> Column | None:
        """A column that needs a value of a type that we cannot write."""
        pointing = {
            name for each in self.table.references if each.name in parents for name in each.columns
        }
        without = {*self.makers, *pointing}
        needed = (each for each in self._strict().columns if each.not_null and not each.drawn)
        return next((each for each in needed if each.name not in without), None)

    def type_name(self, column: Column) -> str:
        return self.types.known[column.type].quoted

    def wanted(self, rows: int, parents: Mapping[str, int], part: Part) -> Wanted:
        several = [each for each in self.table.checks if len(each.columns) > 1]
        return Wanted(
            table=self._strict(),
            rows=rows,
            makers=self.makers,
            parents=parents,
            conditions=tuple(self._conditions()),
            checked=frozenset(name for each in several for name in each.columns),
            counts=self.counts,
            part=part,
        )

    def named_in_checks(self, wanted: Wanted) -> Wanted:
        """The same, with the values that conditions about several columns name themselves."""
        keys = {name for key in self.table.keys for name in key.columns}
        named = {}
        for name in sorted(wanted.checked - keys):
            found = self._type(self.table.by_name[name])
            texts = [each.text for each in self.table.checks if name in each.columns]
            maker = literals(_category(found), found.quoted, texts)
            if maker is not None:
                named[name] = maker
        return replace(wanted, makers={**wanted.makers, **named})

    def _strict(self) -> Table:
        """A domain may be NOT NULL as well."""
        columns = tuple(
            replace(each, not_null=each.not_null or self.types.not_null(each.type))
            for each in self.table.columns
        )
        return replace(self.table, columns=columns)

    def _conditions(self) -> Iterator[str]:
        for check in self.table.checks:
            if check.columns:
                yield check.text
        for column in self.table.columns:
            yield from self._domain_conditions(column)

    def _domain_conditions(self, column: Column) -> Iterator[str]:
        for text in self.types.checks(column.type):
            # VALUE stands for the value there, and here for a column of that name.
            yield f"(SELECT {text} FROM (SELECT {quoted(column.name)} AS value) AS given)"

    def _fit(self, column: Column, maker: Maker) -> Maker:
        conditions = [each.text for each in self.table.checks if each.columns == (column.name,)]
        conditions += self._domain_conditions(column)
        if not conditions or column.drawn is not None:
            return maker
        found = self._type(column)
        ways = styles(maker, _category(found), found.quoted, conditions)
        return fitting(self.connection, column.name, conditions, ways)

    def _stretch(self) -> int:
        """How long its texts are to be, so that a row takes as many bytes as in the target."""
        found = {each.name: self._type(each) for each in self.table.columns}
        open_ended = [
            name
            for name, each in found.items()
            if each.name in _STRETCHED and name not in self.counts
        ]
        if self.share.row_bytes is None or not open_ended:
            return USUAL_WIDTH
        others = sum(
            self.counts[name].width if name in self.counts else max(each.length, 8)
            for name, each in found.items()
            if name not in open_ended
        )
        each_one = (self.share.row_bytes - HEADER - others) / len(open_ended)
        return int(min(_WIDEST, max(4, each_one)))

    def _type(self, column: Column) -> Type:
        return self.types.bare(column.type, column.modifier)[0]


def _category(found: Type) -> str:
    if found.name in _TEXTS:
        return "text"
    return "number" if found.name in _NUMBERS else ""
