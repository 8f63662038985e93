"""What rows that come, change and go lock beyond their own table.

A foreign key is looked after row by row: a new value looks for the row it points to, and a row that
goes, or changes its key, for those that point to it. Where nobody can know whether there are any
rows, the locks are those `if_rows`.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from bot.core.migrations.effects import LockMode
from bot.judge.catalogue.schema import Table
from bot.judge.effects.collector import Collector
from bot.sql import actions as act
from bot.sql.values import Column, Constraint

AS, RS, RE = LockMode.ACCESS_SHARE, LockMode.ROW_SHARE, LockMode.ROW_EXCLUSIVE
Lock = Callable[[str | None, LockMode], None]


def draws(found: Collector, strings: Iterable[str]) -> None:
    for sequence in found.sequences_in(strings):
        found.lock(sequence, RE)


def draws_if_rows(found: Collector, strings: Iterable[str]) -> None:
    for sequence in found.sequences_in(strings):
        found.lock_if_rows(sequence, RE)


def inserted(found: Collector, action: act.Insert) -> None:
    """New rows draw numbers, and look for what their foreign keys point to."""
    table = found.catalogue.tables.get(action.table)
    if table is None:
        return
    named = action.columns or tuple(table.columns)[: action.width]
    given = set(named) - {named[place] for place in action.defaulted if place < len(named)}
    for column in table.columns.values():
        if column.name not in given:
            _numbers(found, table, column, found.lock if action.rows else found.lock_if_rows)
    filled = given if not action.rows else {
        *(named[place] for place in action.filled if place < len(named)),
        *(each.name for each in table.columns.values() if _fills(each) and each.name not in given),
    }  # fmt: skip
    # A row that is there already is not inserted again.
    certain = action.rows and (action.conflict is None or not table.filled)
    _finds_place(found, table, found.lock if certain else found.lock_if_rows)
    _look_up(found, table, filled, certain=certain)
    updated(found, table.name, action.conflict or ())


def _numbers(found: Collector, table: Table, column: Column, lock: Lock) -> None:
    for sequence in found.catalogue.owned_sequences(table.name, column.name):
        lock(sequence.name, RE)
    default = column.default
    if default and "nextval" in default.functions:
        for name in found.sequences_in(default.strings):
            lock(name, RE)


def _fills(column: Column) -> bool:
    return column.default is not None and column.default.constant != "null"


def _finds_place(found: Collector, table: Table, lock: Lock) -> None:
    """A partition's ancestors are looked at; of a table's partitions, the row's own is chosen."""
    for name in found.catalogue.ancestors_of(table.name):
        lock(name, AS)
    below = found.catalogue.partitions_of(table.name)
    for name in below:
        (lock if len(below) == 1 else found.lock_if_rows)(name, RE)


def _look_up(found: Collector, table: Table, filled: set[str], *, certain: bool) -> None:
    for constraint in _keys_of(found, table.name):
        other = constraint.references
        if _is_checked(constraint) and set(constraint.columns) <= filled and other != table.name:
            if certain:
                found.lock_partitions(other, RS)
            else:
                found.lock_if_rows(other, RS)


def _keys_of(found: Collector, name: str) -> Iterator[Constraint]:
    for each in (name, *found.catalogue.ancestors_of(name)):
        table = found.catalogue.tables.get(each)
        yield from table.foreign_keys() if table else ()


def _is_checked(constraint: Constraint) -> bool:
    """Whether it is looked after at once, and not at COMMIT."""
    return constraint.enforced and not constraint.initially_deferred


def updated(found: Collector, name: str, columns: tuple[str, ...]) -> None:
    """Changed foreign keys look for what they point to, changed keys for what points to them."""
    _changed(found, name, set(columns), set())


def _changed(found: Collector, name: str, columns: set[str], seen: set[str]) -> None:
    if name in seen:
        return
    seen.add(name)
    for each in (name, *found.catalogue.below(name)):
        for constraint in _keys_of(found, each):
            if _is_checked(constraint) and columns & set(constraint.columns):
                found.lock_if_rows(constraint.references, RS)
        for child, key in _pointing(found, each):
            if columns & set(key.referenced):
                _follows(found, child, key, key.on_update, partial(
                    _changed, found, child, set(key.columns), seen))  # fmt: skip


def deleted(found: Collector, name: str, seen: set[str] | None = None) -> None:
    """Whatever points to a row that goes is looked for, and goes with it or is changed."""
    seen = set() if seen is None else seen
    if name in seen:
        return
    seen.add(name)
    for each in (name, *found.catalogue.below(name)):
        for child, key in _pointing(found, each):
            goes = partial(deleted, found, child, seen)
            _follows(found, child, key, key.on_delete, goes)


def _pointing(found: Collector, name: str) -> Iterator[tuple[str, Constraint]]:
    for each in (name, *found.catalogue.ancestors_of(name)):
        yield from found.catalogue.references_to(each)


def _follows(
    found: Collector, child: str, key: Constraint, action: str, goes: Callable[[], None]
) -> None:
    if not key.enforced:
        return
    if action in ("CASCADE", "SET NULL", "SET DEFAULT"):
        found.lock_if_rows(child, RE)
        if action == "CASCADE":
            goes()
    elif not key.initially_deferred or action == "RESTRICT":
        found.lock_if_rows(child, RS)
