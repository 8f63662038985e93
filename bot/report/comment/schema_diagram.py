"""The touched tables as a Mermaid diagram, which GitHub draws in place of the code block."""

import re
from collections.abc import Iterator

from bot.core.schemas.touched import Column, Reference, Table, Touched
from bot.report.lock_words import named
from bot.report.words import clipped, count

_MOST_TABLES = 15
_MOST_BESIDE = 10
_MOST_COLUMNS = 20
_MOST_REFERENCES = 40
_LONGEST = 40
# Mermaid takes these for the name of a column and of a type, and nothing else; in the text between
# its quotes letters of any alphabet are safe, and no sign that it could take for its own.
_FOREIGN = re.compile(r"[^A-Za-z0-9_]")
_UNSAID = re.compile(r"[^\w.\- ]|(?<=-)-")
_TYPES = (
    ("character varying", "varchar"),
    (" without time zone", ""),
    ("double precision", "double"),
)
_WITH_ZONE = re.compile(r"^(time(?:stamp)?)(\(\d+\))? with time zone")
# What it takes for the mark of a key.
_KEYS = ("PK", "FK", "UK")
_CHANGES = {"added": "new", "removed": "dropped", "changed": "changed", "": ""}


def schema_diagram(touched: Touched) -> str:
    """ "" where no table is touched, and where there are too many for a picture."""
    if not 1 <= sum(each.touched for each in touched.tables) <= _MOST_TABLES:
        return ""
    return "\n".join(_lines(touched))


def _lines(touched: Touched) -> Iterator[str]:
    yield "erDiagram"
    yield "    accTitle: Touched tables"
    yield "    accDescr: Tables that the migrations touch, and the tables these are connected with"
    shown = [each for each in touched.tables if each.touched]
    shown += [each for each in touched.tables if not each.touched][:_MOST_BESIDE]
    places = {each.identity: f"t{number}" for number, each in enumerate(shown, start=1)}
    for each in shown:
        yield from _table(places[each.identity], each)
    for reference in touched.references[:_MOST_REFERENCES]:
        if reference.table in places and reference.to in places:
            yield _reference(reference, places)


def _table(place: str, table: Table) -> Iterator[str]:
    yield f'    {place}["{_said(named(table.identity), table.change)}"] {{'
    columns = _worth_showing(table)
    for each in columns:
        yield f"        {_column(each, table)}"
    left = len(table.columns) - len(columns)
    if left and table.touched:
        yield f'        etc _ "{count(left, "more column")}"'
    yield "    }"


def _worth_showing(table: Table) -> list[Column]:
    """Keys and what differs come first where not all have room; of a table beside, only keys."""

    def weight(column: Column) -> tuple[bool, bool]:
        return not column.change, not (column.primary or column.foreign)

    if not table.touched:
        return [each for each in table.columns if each.primary or each.foreign][:_MOST_COLUMNS]
    kept = sorted(table.columns, key=weight)[:_MOST_COLUMNS]
    return [each for each in table.columns if each in kept]


def _column(column: Column, table: Table) -> str:
    keys = [word for word, has in (("PK", column.primary), ("FK", column.foreign)) if has]
    name = _identifier(column.name)
    change = "" if column.change == table.change else _CHANGES[column.change]
    said = [_plain(column.name)] if name != column.name else []
    said += [f"was {_type(column.was)}"] if column.was else [change] if change else []
    notes = f' "{", ".join(said)}"' if said else ""
    return f"{_type(column.type)} {name}{' ' + ', '.join(keys) if keys else ''}{notes}"


def _reference(reference: Reference, places: dict[str, str]) -> str:
    one = "|o" if reference.optional else "||"
    many = "o|" if reference.single else "o{"
    columns = ", ".join(_plain(each) for each in reference.columns[:3])
    label = _said(columns, reference.change)
    return f'    {places[reference.to]} {one}--{many} {places[reference.table]} : "{label}"'


def _said(name: str, change: str) -> str:
    word = _CHANGES[change]
    return f"{_plain(name)} ({word})" if word else _plain(name)


def _plain(text: str) -> str:
    """A name of which nothing is left that a diagram could take for its own."""
    return clipped(" ".join(_UNSAID.sub("_", text).split()), _LONGEST) or "_"


def _identifier(text: str) -> str:
    found = _FOREIGN.sub("_", text)[:_LONGEST]
    return found if found[:1].isalpha() and found[:2] not in _KEYS else f"_{found}"


def _type(text: str) -> str:
    """Without what is in brackets, except of an array: the difference above says it."""
    found = _WITH_ZONE.sub(r"\1tz", text)
    for long, short in _TYPES:
        found = found.replace(long, short)
    array = "[]" if found.endswith("]") else ""
    name = re.sub(r"\(.*|\[.*", "", found).strip().removeprefix("public.")
    return _identifier(name) + array
