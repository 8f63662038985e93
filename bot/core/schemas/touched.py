"""The tables that a change touches and what they refer to: a schema as far as a picture goes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bot.core.schemas.schema import Change, Definition, Differences, Snapshot, differences

_NAME = r'(?:"(?:[^"]|"")*"|[^\s".,()]+)'
_FOREIGN = re.compile(
    rf"FOREIGN KEY \((?P<columns>{_NAME}(?:, {_NAME})*)\) "
    rf"REFERENCES (?P<table>{_NAME}(?:\.{_NAME})*)\("
)
_KEY = re.compile(rf"(?P<kind>PRIMARY KEY|UNIQUE)[^(]* \((?P<columns>{_NAME}(?:, {_NAME})*)\)")
# Prisma makes these in place of constraints. One that is partial does not speak for every row.
_UNIQUE_INDEX = re.compile(
    rf"CREATE UNIQUE INDEX {_NAME} ON (?:ONLY )?{_NAME}(?:\.{_NAME})? "
    rf"USING btree \((?P<columns>{_NAME}(?:, {_NAME})*)\)(?! .*WHERE )"
)
_PARTS = ("column", "constraint", "index", "trigger", "policy", "rule")


@dataclass(frozen=True)
class Column:
    """`change` is "added", "removed", "changed", or "" where it is as it was; `was` is the type
    that it had, where that is another now. `unique` says that no two rows have the same in it."""

    name: str
    type: str
    primary: bool = False
    foreign: bool = False
    change: str = ""
    was: str = ""
    required: bool = False
    unique: bool = False


@dataclass(frozen=True)
class Table:
    """`touched` is False for one that is only here because a touched one and it are connected."""

    identity: str
    columns: tuple[Column, ...]
    change: str = ""
    touched: bool = True


@dataclass(frozen=True)
class Reference:
    """A foreign key. `optional` says that a row may refer to none, `single` that at most one row
    refers to each."""

    table: str
    to: str
    columns: tuple[str, ...]
    change: str = ""
    optional: bool = False
    single: bool = False


@dataclass(frozen=True)
class Touched:
    """What became of a schema: every difference, and the tables that have one."""

    changes: Differences = field(default_factory=Differences)
    tables: tuple[Table, ...] = ()
    references: tuple[Reference, ...] = ()


def touched(before: Snapshot, after: Snapshot) -> Touched:
    """From the schema before the first new migration to the one after the last."""
    changes = differences(before, after)
    tables = {each for each in _tables_of(changes) if ("table", each) in {**before, **after}}
    found = Parts(before, after, changes)
    references = tuple(
        each for each in found.references() if each.table in tables or each.to in tables
    )
    beside = {name for each in references for name in (each.table, each.to)} - tables
    return Touched(
        changes,
        tables=(
            *(found.table(each) for each in sorted(tables)),
            *(found.table(each, touched=False) for each in sorted(beside)),
        ),
        references=references,
    )


def _tables_of(changes: Differences) -> Iterator[str]:
    for change in _all(changes):
        if change.kind == "table":
            yield change.identity
        elif change.kind in _PARTS:
            yield _split(change.identity)[0]


def _all(changes: Differences) -> Iterator[Change]:
    yield from changes.removed
    yield from changes.added
    yield from changes.changed


class Parts:
    """Two snapshots and what differs, by table. What both have is as it is afterwards."""

    def __init__(self, before: Snapshot, after: Snapshot, changes: Differences) -> None:
        self._before = before
        self._whole = {**before, **after}
        self._changes = {(each.kind, each.identity): change_word(each) for each in _all(changes)}
        self._columns: dict[str, list[tuple[str, Definition]]] = {}
        self._keys: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for (kind, identity), definition in self._whole.items():
            table, name = _split(identity)
            if kind == "column":
                self._columns.setdefault(table, []).append((name, definition))
            elif key := _key(kind, _text(definition, "definition")):
                self._keys.setdefault(table, []).append(key)
        self._foreign = tuple(self._read())

    def references(self) -> tuple[Reference, ...]:
        return self._foreign

    def table(self, identity: str, *, touched: bool = True) -> Table:
        primary = self._primary(identity)
        foreign = {
            name for each in self._foreign if each.table == identity for name in each.columns
        }
        alone = {
            names[0]
            for _, names in self._keys.get(identity, ())
            if len(names) == 1 and names[0] not in primary
        }
        columns = tuple(
            replace(
                self._column(identity, name, definition),
                primary=name in primary,
                foreign=name in foreign,
                unique=name in alone,
            )
            for name, definition in sorted(self._columns.get(identity, ()), key=_position)
        )
        return Table(identity, columns, self._changes.get(("table", identity), ""), touched)

    def _column(self, table: str, name: str, definition: Definition) -> Column:
        key = ("column", _joined(table, name))
        change, type_now = self._changes.get(key, ""), _text(definition, "type")
        was = _text(self._before.get(key, ()), "type") if change == "changed" else ""
        return Column(
            name,
            type_now,
            change=change,
            was=was if was != type_now else "",
            required=dict(definition).get("not null") is True,
        )

    def _primary(self, table: str) -> set[str]:
        keys = self._keys.get(table, ())
        return {name for kind, names in keys if kind == "PRIMARY KEY" for name in names}

    def _read(self) -> Iterator[Reference]:
        for (kind, identity), definition in sorted(self._whole.items()):
            match = (
                _FOREIGN.match(_text(definition, "definition")) if kind == "constraint" else None
            )
            if match is None:
                continue
            table, columns = _split(identity)[0], _names(match["columns"])
            yield Reference(
                table=table,
                to=".".join(_written(each) for each in _pieces(match["table"])),
                columns=columns,
                change=self._changes.get((kind, identity), ""),
                optional=not all(self._required(table, each) for each in columns),
                single=any(set(names) == set(columns) for _, names in self._keys.get(table, ())),
            )

    def _required(self, table: str, column: str) -> bool:
        definition = self._whole.get(("column", _joined(table, column)), ())
        return dict(definition).get("not null") is True


def _key(kind: str, definition: str) -> tuple[str, tuple[str, ...]] | None:
    """The columns that tell rows apart by a constraint or an index, if it is one that does."""
    if kind == "constraint" and (match := _KEY.match(definition)):
        return match["kind"], _names(match["columns"])
    if kind == "index" and (match := _UNIQUE_INDEX.match(definition)):
        return "UNIQUE", _names(match["columns"])
    return None


def change_word(change: Change) -> str:
    return "added" if change.before is None else "removed" if change.after is None else "changed"


def _position(column: tuple[str, Definition]) -> int:
    place = dict(column[1]).get("position")
    return place if isinstance(place, int) else 0


def _text(definition: Definition, name: str) -> str:
    return str(dict(definition).get(name) or "")


def _split(identity: str) -> tuple[str, str]:
    """`public.orders` and `id`, where the last part may have a dot and stand between quotes."""
    if identity.endswith('"') and '."' in identity:
        table, _, name = identity[:-1].rpartition('."')
        return table, name
    table, _, name = identity.rpartition(".")
    return table, name


def _joined(table: str, name: str) -> str:
    return f"{table}.{_written(name)}"


def _written(part: str) -> str:
    """As a snapshot writes a part of an identity: in quotes if it has a dot of its own."""
    return f'"{part}"' if "." in part and "(" not in part else part


def _names(listed: str) -> tuple[str, ...]:
    return tuple(_pieces(listed))


def _pieces(text: str) -> Iterable[str]:
    """Names as PostgreSQL prints them, without their quotes."""
    for each in re.findall(_NAME, text):
        yield each[1:-1].replace('""', '"') if each.startswith('"') else each
