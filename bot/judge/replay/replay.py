"""How each action changes the catalogue."""

from collections.abc import Callable, Iterable
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.code import runs
from bot.judge.replay.births import follow
from bot.judge.replay.columns import COLUMN_STEPS
from bot.judge.replay.constraints import CONSTRAINT_STEPS
from bot.judge.replay.drops import DROP_STEPS
from bot.judge.replay.objects import OBJECT_STEPS
from bot.judge.replay.rows import ROW_STEPS
from bot.judge.replay.tables import TABLE_STEPS
from bot.judge.replay.transactions import TRANSACTION_STEPS
from bot.sql import actions as act

_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    **COLUMN_STEPS,
    **CONSTRAINT_STEPS,
    **DROP_STEPS,
    **OBJECT_STEPS,
    **ROW_STEPS,
    **TABLE_STEPS,
    **TRANSACTION_STEPS,
}


def replay(catalogue: Catalogue, actions: Iterable[act.Action], *, born: int) -> None:
    """Change the catalogue as the actions change the schema; `born` dates what they create."""
    for each in runs(actions, catalogue):
        for action in () if each.handler else each.actions:
            replay_one(catalogue, action, born=born)


def replay_one(catalogue: Catalogue, action: act.Action, *, born: int) -> None:
    """The same for an action by itself, without the code that it calls."""
    step = _STEPS.get(type(action))
    if step:
        step(catalogue, action, born)
    follow(catalogue.births, action, born)
