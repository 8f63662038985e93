"""A table or an enum as a box of rows: which rows are worth their room, how wide it has to be."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.core.schemas.entities import EnumType
from bot.core.schemas.touched import Column, Table
from bot.report.diagrams.svg import MONO, SANS, fitted, width_of
from bot.report.lock_words import named
from bot.report.words import count

HEAD, ROW, PAD = 30.0, 20.0, 5.0
LETTER, SMALL = 12.0, 10.0
SIGN = 20.0
_LEAST, _MOST = 150.0, 300.0
_MOST_ROWS, _MOST_LABELS = 24, 8
_SHORT_TYPES = (
    (re.compile(r"^timestamp(\(\d+\))? with time zone"), r"timestamptz\1"),
    (re.compile(r"^time(\(\d+\))? with time zone"), r"timetz\1"),
    (re.compile(r" without time zone"), ""),
    (re.compile(r"^character varying"), "varchar"),
    (re.compile(r"^character\b"), "char"),
    (re.compile(r"^double precision"), "double"),
    (re.compile(r'^public\.|"'), ""),
)


@dataclass(frozen=True)
class Row:
    """`column` is None for one that only says how many more there are."""

    name: str
    type: str = ""
    keys: str = ""
    change: str = ""
    column: str | None = None


@dataclass(frozen=True)
class Card:
    """`note` stands at the right end of its head. `change` is what the head is marked with: a table
    is changed where one of its columns is."""

    key: str
    name: str
    change: str
    note: str
    rows: tuple[Row, ...]
    width: float
    keys: float = 0.0

    @property
    def height(self) -> float:
        return HEAD + ROW * len(self.rows) + (PAD if self.rows else 0.0)

    def row_of(self, column: str) -> int | None:
        found = (place for place, row in enumerate(self.rows) if row.column == column)
        return next(found, None)

    @property
    def name_room(self) -> float:
        note = width_of(self.note, 11, share=SANS) + 12 if self.note else 0
        return self.width - SIGN - note - 10

    def rooms(self, row: Row) -> tuple[float, float]:
        """For the name of a column and for its type: the name gives way last."""
        inside = self.width - SIGN - self.keys - 10
        if row.column is None:
            return inside, 0.0
        name, type_ = width_of(row.name, LETTER), width_of(row.type, LETTER)
        if name + type_ + 12 <= inside:
            return name + 1, type_ + 1
        kept = min(type_, max(inside * 0.38, inside - name - 12))
        return inside - kept - 12, kept + 1


def table_card(table: Table, *, brief: bool, most: float = _MOST) -> Card:
    """`brief`: only keys and what differs. `most` is how wide it may be."""
    shown = _worth_showing(table, brief=brief)
    rows = [_row(each) for each in shown]
    left = len(table.columns) - len(shown)
    if left:
        rows.append(Row(f"… {count(left, 'more column' if shown else 'column')}"))
    change = table.change or ("changed" if table.touched else "")
    return _card(f"t:{table.identity}", named(table.identity), change, table.change, rows, most)


def enum_card(enum: EnumType, *, brief: bool = False, most: float = _MOST) -> Card:
    labels = 3 if brief and not enum.touched else _MOST_LABELS
    marked = [each for each in enum.labels if each.change]
    kept = [*marked, *(each for each in enum.labels if not each.change)][:labels]
    shown = [each for each in enum.labels if each in kept]
    rows = [Row(each.name, change=each.change, column=each.name) for each in shown]
    if len(shown) < len(enum.labels):
        rows.append(Row(f"… {count(len(enum.labels) - len(shown), 'more value')}"))
    change = enum.change or ("changed" if enum.touched else "")
    return _card(f"e:{enum.identity}", named(enum.identity), change, "enum", rows, most)


def short_type(text: str) -> str:
    for pattern, short in _SHORT_TYPES:
        text = pattern.sub(short, text)
    return text


def type_words(column: Column) -> str:
    """As Prisma writes it: with a question mark where it may be NULL."""
    kind = short_type(column.type)
    now = kind if column.required or column.primary else f"{kind}?"
    return f"{short_type(column.was)} → {now}" if column.was else now


def _row(column: Column) -> Row:
    words = (("PK", column.primary), ("FK", column.foreign), ("UQ", column.unique))
    keys = " ".join(word for word, has in words if has)
    return Row(column.name, type_words(column), keys, column.change, column.name)


def _card(key: str, name: str, change: str, note: str, rows: Iterable[Row], most: float) -> Card:
    listed = tuple(rows)
    keys = max((width_of(each.keys, SMALL) + 8 for each in listed if each.keys), default=0.0)
    note_room = width_of(note, 11, share=SANS) + 12 if note else 0.0
    needed = [SIGN + width_of(name, 13, share=0.61) + note_room + 14]
    needed += [_needed(each, keys) for each in listed]
    width = min(max(*needed, _LEAST), _MOST, max(most, _LEAST))
    return Card(key, name, change, note, listed, float(round(width)), keys)


def _needed(row: Row, keys: float) -> float:
    name = width_of(row.name, LETTER)
    if row.column is None:
        return SIGN + name + 12
    return SIGN + keys + name + (width_of(row.type, LETTER) + 14 if row.type else 0) + 11


def _worth_showing(table: Table, *, brief: bool) -> list[Column]:
    """Keys and what differs come first where not all have room."""

    def weight(column: Column) -> tuple[bool, bool]:
        return not _marked(table, column), not (column.primary or column.foreign)

    if brief:
        kept = [
            each for each in table.columns if each.primary or each.foreign or _marked(table, each)
        ]
    else:
        kept = list(table.columns)
    # One more row would be as tall as what it hides.
    most = _MOST_ROWS if len(kept) > _MOST_ROWS + 1 else len(kept)
    best = sorted(kept, key=weight)[:most]
    if len(table.columns) - len(best) == 1:
        return list(table.columns)
    chosen = {each.name for each in best}
    return [each for each in table.columns if each.name in chosen]


def _marked(table: Table, column: Column) -> bool:
    """Whether it differs by itself, and not only because its whole table does."""
    return bool(column.change) and column.change != table.change


def widened(card: Card, width: float) -> Card:
    """As wide as the others of its column."""
    return replace(card, width=width)


def fitted_name(card: Card) -> str:
    return fitted(card.name, card.name_room, 13, share=0.61)


def fitted_rows(card: Card) -> Iterator[tuple[Row, str, str]]:
    """Each row, and its name and type as far as they have room."""
    for row in card.rows:
        name, type_ = card.rooms(row)
        yield row, fitted(row.name, name, LETTER), fitted(row.type, type_, LETTER, share=MONO)
