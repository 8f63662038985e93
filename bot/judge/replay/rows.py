"""Which tables the history surely puts rows into, as far as that tells what happens later."""

from collections.abc import Callable
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue
from bot.sql import actions as act


def _insert(catalogue: Catalogue, action: act.Insert, born: int) -> None:
    table = catalogue.tables.get(action.table)
    if table and action.rows and not table.filled:
        catalogue.put(table, filled=True)


def _truncate(catalogue: Catalogue, action: act.Truncate, born: int) -> None:
    for name in action.tables:
        table = catalogue.tables.get(name)
        if table and table.filled:
            catalogue.put(table, filled=False)


def _delete(catalogue: Catalogue, action: act.Delete, born: int) -> None:
    table = catalogue.tables.get(action.table)
    if table and table.filled and not action.bounded:
        catalogue.put(table, filled=False)


ROW_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    act.Delete: _delete,
    act.Insert: _insert,
    act.Truncate: _truncate,
}
