"""What statements leave behind in their session, and what ties them to their transaction."""

from collections.abc import Iterable, Mapping, Sequence

from bot.core.findings.rewrite import Rewrite
from bot.core.migrations.statement import Statement
from bot.sql import actions as act
from bot.sql.parse import parse
from bot.sql.read import actions_of

# Settings that change nothing about what a statement builds.
_HARMLESS = frozenset(
    {
        "application_name",
        "client_min_messages",
        "idle_in_transaction_session_timeout",
        "lock_timeout",
        "maintenance_work_mem",
        "max_parallel_maintenance_workers",
        "statement_timeout",
        "transaction_timeout",
        "work_mem",
    }
)
_TIED_NODES = {
    "ConstraintsSetStmt": "SET CONSTRAINTS",
    "DeclareCursorStmt": "a cursor",
    "PrepareStmt": "a prepared statement",
}
_SAVEPOINTS = {"SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "ROLLBACK"}


def in_effect(statements: Sequence[Statement]) -> dict[str, str]:
    """The settings that the statements made and did not take back, with the text that made each."""
    found: dict[str, str] = {}
    for statement in statements:
        for action in actions_of(statement):
            if not isinstance(action, act.SetVariable):
                continue
            if action.reset and action.name == "all":
                found.clear()
            elif action.reset:
                found.pop(action.name, None)
            else:
                found[action.name] = statement.sql
    return found


def said_again(text: str, rewrites: Mapping[int, Rewrite], *, written: str) -> frozenset[int]:
    """The settings in a text that a rewrite makes further up, and that the author has not
    `written`: an earlier rewrite put them there."""
    made: set[str] = set()
    found: set[int] = set()
    for place, statement in enumerate(parse(text).statements):
        if statement.sql in made and statement.sql not in written:
            found.add(place)
        pieces = rewrites[place].pieces if place in rewrites else ()
        made.update(each.sql for each in pieces if each.sql.startswith("SET "))
    return frozenset(found)


def telling(settings: Iterable[str]) -> list[str]:
    """Those of the settings under which the same statement may do something else."""
    return sorted(set(settings) - _HARMLESS)


def ties(statements: Iterable[Statement]) -> str | None:
    """What makes statements need the transaction or session they are in; None if nothing does."""
    for statement in statements:
        if statement.node in _TIED_NODES:
            return _TIED_NODES[statement.node]
        for action in actions_of(statement):
            found = _tie(action)
            if found:
                return found
    return None


def _tie(action: act.Action) -> str | None:
    if isinstance(action, act.LockTable):
        return "LOCK TABLE"
    if isinstance(action, act.Transaction) and action.verb in _SAVEPOINTS:
        return action.verb
    if isinstance(action, act.CreateTable) and action.temporary:
        return "a temporary table"
    if isinstance(action, act.Query) and "set_config" in action.functions:
        return "set_config"
    return None
