"""What of a statement neither its effects nor a comparison of schemas tells, in words.

It is asked from the safe side: what is not known to lose nothing has a caveat.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.core.migrations.caveat import Caveat, CaveatKind
from bot.core.migrations.statement import Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.caveats.commands import WRITING, of_command, prepared, sequence_place
from bot.judge.caveats.functions import is_quiet_body, of_functions
from bot.judge.caveats.values import keeps_values
from bot.judge.code import runs, runs_code
from bot.judge.replay.replay import replay_one
from bot.sql import actions as act
from bot.sql.expressions import nodes
from bot.sql.read_data import explains_by_running

# What works expressions out at once. Others write them down, for later.
_WORKING = WRITING | {
    "AlterTableStmt", "CreateTableAsStmt", "DeclareCursorStmt", "ExplainStmt", "IndexStmt",
    "SelectStmt",
}  # fmt: skip
_DRAWING = {"SelectStmt", "CreateTableAsStmt"}


def caveats_of(
    statement: Statement,
    actions: Sequence[act.Action],
    catalogue: Catalogue,
    *,
    fresh_from: int,
) -> tuple[Caveat, ...]:
    """Of one statement, on the schema as it is before it; `fresh_from` as in `effects_of`."""
    if not runs_code(actions, catalogue):
        return tuple(dict.fromkeys(_of_one(statement, actions, catalogue, fresh_from)))
    found: dict[Caveat, None] = {}
    now = catalogue.copy()
    for each in runs(actions, now):
        if not each.understood:
            why = f"it runs code ({statement.kind}) that does not show what it does"
            found[Caveat(CaveatKind.UNKNOWN, why)] = None
        inside = each.inside or statement
        found.update(dict.fromkeys(_of_one(inside, each.actions, now, fresh_from)))
        for action in each.actions if each.inside and not each.handler else ():
            replay_one(now, action, born=fresh_from)
    return tuple(found)


def _of_one(
    statement: Statement, actions: Sequence[act.Action], catalogue: Catalogue, fresh_from: int
) -> Iterator[Caveat]:
    node, tree = statement.node, statement.tree
    command = of_command(node, statement.kind, tree)
    if command is not None:
        yield command
    if any(isinstance(each, act.Unread) for each in actions):
        yield Caveat(CaveatKind.UNKNOWN, f"its {statement.kind} could not be read")
    if node in _WORKING and not _only_planned(node, tree):
        placing = node in _DRAWING
        yield from of_functions(tree, catalogue, fresh_from=fresh_from, placing=placing)
        yield from (prepared(each) for name, each in nodes(tree) if name == "ExecuteStmt")
    if node == "CopyStmt" and tree.get("is_program"):
        yield Caveat(CaveatKind.UNKNOWN, "it runs a program on the server")
    sequence = sequence_place(node, tree)
    if sequence and not _is_new(sequence, catalogue, fresh_from):
        yield _placed(sequence)
    for action in actions:
        yield from _of_action(action, tree, catalogue, fresh_from)


def _only_planned(node: str, tree: Any) -> bool:
    """EXPLAIN without ANALYZE runs nothing."""
    return node == "ExplainStmt" and not explains_by_running(tree)


def _of_action(
    action: act.Action, tree: Any, catalogue: Catalogue, fresh_from: int
) -> Iterator[Caveat]:
    if isinstance(action, act.RefreshView):
        if not _is_new(action.name, catalogue, fresh_from):
            about = f"what materialized view {action.name} holds"
            yield Caveat(CaveatKind.CHANGED, about)
    elif isinstance(action, act.AlterColumnType):
        if not _is_new(action.table, catalogue, fresh_from) and not keeps_values(action, catalogue):
            yield Caveat(CaveatKind.VALUES, f"{action.table}.{action.name}")
    elif isinstance(action, act.TableOption):
        yield from _of_option(action, catalogue, fresh_from)
    elif isinstance(action, act.DropObjects):
        if action.kind == "SEQUENCE":
            for name in action.names:
                if not _is_new(name, catalogue, fresh_from):
                    yield _placed(name)
    elif isinstance(action, act.Truncate):
        for table in action.tables:
            yield from _set_off(table, action, catalogue)
            if action.restarts and not _is_new(table, catalogue, fresh_from):
                yield _placed_in(table)
    elif isinstance(action, act.Copy):
        yield from _set_off(action.table, action, catalogue) if action.into else ()
    elif isinstance(action, act.Insert | act.Update | act.Delete | act.Merge):
        yield from _set_off(action.table, action, catalogue)


def _of_option(action: act.TableOption, catalogue: Catalogue, fresh_from: int) -> Iterator[Caveat]:
    """An identity that begins again, or whose sequence goes."""
    begins = action.command == "AT_SetIdentity" and "restart" in dict(action.settings)
    placed = begins or action.command == "AT_DropIdentity"
    if placed and not _is_new(action.table, catalogue, fresh_from):
        yield _placed_in(f"{action.table}.{action.name}")


def _set_off(table: str, action: act.Action, catalogue: Catalogue) -> Iterator[Caveat]:
    """What else happens when rows of a table are written, whoever has made it."""
    found = catalogue.tables.get(table)
    if found is None and table in catalogue.views:
        yield Caveat(CaveatKind.CHANGED, f"rows behind view {table}")
    if found is not None and found.foreign:
        yield Caveat(CaveatKind.CHANGED, f"rows of foreign table {table}, on another server")
    for name in found.rules if found else ():
        yield Caveat(CaveatKind.CHANGED, f"what rule {name} of {table} does besides")
    for (owner, name), trigger in catalogue.triggers.items():
        if owner != table:
            continue
        function = catalogue.functions.get(trigger.function)
        # It may set columns of the row that it is given.
        quiet = function is not None and is_quiet_body(function, catalogue)
        if not quiet or isinstance(action, act.Update | act.Merge):
            yield Caveat(CaveatKind.CHANGED, f"what trigger {name} of {table} writes")


def _placed(sequence: str) -> Caveat:
    return Caveat(CaveatKind.CHANGED, f"the place of sequence {sequence}")


def _placed_in(owner: str) -> Caveat:
    return Caveat(CaveatKind.CHANGED, f"the place of the sequence of {owner}")


def _is_new(name: str, catalogue: Catalogue, fresh_from: int) -> bool:
    born = catalogue.born(name)
    return born is not None and born >= fresh_from
