"""What ROLLBACK takes back: the catalogue is again what it was at BEGIN, or at a savepoint."""

from collections.abc import Callable
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue, Mark
from bot.sql import actions as act


def _transaction(catalogue: Catalogue, action: act.Transaction, born: int) -> None:
    # A transaction ends with its file at the latest.
    marks = tuple(each for each in catalogue.marks if each.place == born)
    if action.verb == "BEGIN":
        if not any(each.savepoint == "" for each in marks):
            marks = (*marks, _mark(catalogue, "", born))
    elif action.verb == "SAVEPOINT":
        marks = (*marks, _mark(catalogue, action.savepoint, born))
    elif action.verb in ("ROLLBACK", "ROLLBACK TO SAVEPOINT"):
        marks = _back(catalogue, marks, action)
    elif action.verb == "RELEASE SAVEPOINT":
        marks = marks[: _place(marks, action.savepoint)]
    else:
        marks = ()
    catalogue.marks = marks


def _mark(catalogue: Catalogue, savepoint: str, born: int) -> Mark:
    catalogue.marks = ()
    return Mark(savepoint, born, catalogue.copy())


def _back(
    catalogue: Catalogue, marks: tuple[Mark, ...], action: act.Transaction
) -> tuple[Mark, ...]:
    """ROLLBACK without BEGIN takes back what the file did before it, which nobody marked."""
    place = _place(marks, action.savepoint)
    if place == len(marks):
        return marks if action.savepoint else ()
    catalogue.go_back(marks[place])
    return marks[: place + 1] if action.savepoint else ()


def _place(marks: tuple[Mark, ...], savepoint: str) -> int:
    """Where the latest mark of that name is; the end if nowhere."""
    found = (place for place, each in enumerate(marks) if each.savepoint == savepoint)
    return max(found, default=len(marks))


TRANSACTION_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    act.Transaction: _transaction,
}
