"""A DO block read into actions: those of the statements in it, and when each is run."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.core.statement import Statement
from bot.sql import actions as act
from bot.sql.blocks import Guard, Kind, Passage, Unreadable, passages_of
from bot.sql.conditions import conditions_of
from bot.sql.parse import parse

Reader = Callable[[Statement], tuple[act.Action, ...]]

# Stands for a block whose frame is not understood.
WHOLE = "BEGIN"
# What a block cannot do, or what is not looked into.
_ELSEWHERE = (act.Transaction, act.RunBlock, act.Unread, act.Call)
_INTERNAL = ("pg_catalog.", "information_schema.")


def read_block(block: act.RunBlock, actions_of: Reader) -> Iterator[act.Action]:
    """The block, and after it the actions of the statements in it, as far as they are plain."""
    if block.language != "plpgsql":
        yield block
        return
    try:
        passages = passages_of(block.body)
    except (Unreadable, RecursionError):
        yield replace(block, unread=(WHOLE,))
        return
    inside: list[act.Action] = []
    spans: dict[Guard, tuple[int, int]] = {}
    unread: dict[str, None] = {}
    for passage in passages:
        found = _actions(passage, actions_of)
        if any(isinstance(each, _ELSEWHERE) or _concurrent(each) for each in found):
            unread[passage.word] = None
        kept = [each for each in found if not isinstance(each, _ELSEWHERE)]
        first, last = len(inside), len(inside) + len(kept)
        inside += kept
        for guard in passage.guards if kept else ():
            spans[guard] = (spans.get(guard, (first, last))[0], last)
    branches = tuple(_branch(guard, *span) for guard, span in spans.items())
    yield replace(block, branches=branches, unread=tuple(unread))
    yield from inside


def _actions(passage: Passage, actions_of: Reader) -> tuple[act.Action, ...]:
    script = parse(passage.sql)
    if script.fault or not passage.sql:
        return (act.Unread(passage.word),)
    found = (action for statement in script.statements for action in actions_of(statement))
    return tuple(each for each in found if not _asks_the_server(each))


def _asks_the_server(action: act.Action) -> bool:
    """Whether it is a query of nothing but the server's own tables."""
    if not isinstance(action, act.Query) or action.functions:
        return False
    return all(each.startswith(_INTERNAL) for each in action.reads)


def _concurrent(action: act.Action) -> bool:
    return bool(getattr(action, "concurrently", False))


def _branch(guard: Guard, first: int, last: int) -> act.Branch:
    if guard.kind is Kind.CONDITION:
        return act.Branch(first, last, conditions_of(guard.text, wanted=guard.wanted))
    caught = guard.kind is Kind.CAUGHT
    return act.Branch(first, last, () if caught else (None,), caught)
