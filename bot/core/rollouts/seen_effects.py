"""What a rehearsal saw of rows that a migration's text does not tell: triggers, rules, code."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import Measured, RehearsedMigration, TouchedRows

# A row that goes to another partition is deleted in its old one.
_MOVING = {"UpdateStmt", "InsertStmt"}
# What it deletes it works out anew.
_ANEW = {"RefreshMatViewStmt"}


@dataclass(frozen=True)
class Seen:
    """`deleted` are tables and columns by the statement that emptied them, as far as they were
    there before the migration. `writing` are the statements that wrote to tables that their text
    does not lead to."""

    deleted: tuple[tuple[int, str], ...] = ()
    writing: frozenset[int] = frozenset()

    def lost(self, *, but: Collection[int] = ()) -> tuple[str, ...]:
        """Less what `but` these statements did."""
        return tuple(dict.fromkeys(name for index, name in self.deleted if index not in but))


def seen_of(judged: JudgedMigration, rehearsed: RehearsedMigration | None) -> Seen:
    """What is predicted is not repeated: a rehearsal without rows sees none of it."""
    if rehearsed is None:
        return Seen()
    made = _made(judged, rehearsed)
    deleted: list[tuple[int, str]] = []
    writing: set[int] = set()
    for each in judged.statements:
        index = each.statement.index
        measured = rehearsed.measured(index)
        if measured is None or each.statement.node in _ANEW:
            continue
        led_to = _led_to(each)
        for row in _old(measured, made):
            moved = each.statement.node in _MOVING and row.relation in led_to
            if row.deleted and not moved and row.relation not in each.effects.loses:
                deleted.append((index, row.relation))
            if row.relation not in led_to:
                writing.add(index)
        gone = (name for name in measured.loses if name not in each.effects.loses)
        deleted += [(index, name) for name in gone if not {name, name.rpartition(".")[0]} & made]
    return Seen(tuple(deleted), frozenset(writing))


def _made(judged: JudgedMigration, rehearsed: RehearsedMigration) -> set[str]:
    """The relations that the migration makes itself."""
    found = {lock.relation for one in judged.statements for lock in one.effects.locks if lock.new}
    measured = (each.measured for each in rehearsed.statements if each.measured)
    return found | {lock.relation for each in measured for lock in each.locks if lock.new}


def _old(measured: Measured, made: Collection[str]) -> Iterator[TouchedRows]:
    """Of the tables that were there, and are the users'."""
    internal = ("pg_", "information_schema.")
    for each in measured.rows:
        if each.relation not in made and not each.relation.startswith(internal):
            yield each


def _led_to(judged: JudgedStatement) -> set[str]:
    """What its text says that it writes."""
    locks = judged.effects.locks
    return {each.relation for each in locks if each.mode >= LockMode.ROW_EXCLUSIVE}
