"""What PostgreSQL does to run a statement, worked out from its actions and the catalogue.

The tables of locks behind it were measured on PostgreSQL 10 to 18. `rewrites` are the tables whose
files are written anew, `scans` those that are read in full to check or to index them without being
rewritten, partitions in place of their parents. `loses` names tables and columns, as
`schema.table.column`.
"""

from collections.abc import Iterable, Sequence

from bot.core.migrations.effects import Effects
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.code import runs, runs_code
from bot.judge.effects.collector import Collector
from bot.judge.effects.columns import COLUMN_EFFECTS
from bot.judge.effects.constraints import CONSTRAINT_EFFECTS
from bot.judge.effects.data import DATA_EFFECTS
from bot.judge.effects.drops import DROP_EFFECTS
from bot.judge.effects.objects import OBJECT_EFFECTS
from bot.judge.effects.tables import TABLE_EFFECTS
from bot.judge.replay.births import named_by
from bot.judge.replay.replay import replay_one
from bot.sql.actions import Action, TableAction

_EFFECTS = {
    **COLUMN_EFFECTS,
    **CONSTRAINT_EFFECTS,
    **DATA_EFFECTS,
    **DROP_EFFECTS,
    **OBJECT_EFFECTS,
    **TABLE_EFFECTS,
}


def effects_of(
    actions: Iterable[Action],
    catalogue: Catalogue,
    *,
    postgres: int = 18,
    fresh_from: int,
    alone: bool = False,
) -> Effects:
    """The effects of one statement on the schema as it is before it.

    `fresh_from` is the place in the history from which on what is created counts as new. `alone`
    leaves the code that it calls aside.
    """
    all_actions = tuple(actions)
    found = Collector(catalogue, all_actions, postgres=postgres, fresh_from=fresh_from)
    if not alone and runs_code(all_actions, catalogue):
        return _of_code(found, all_actions)
    for action in all_actions:
        _gather(found, action)
    return found.effects()


def _gather(found: Collector, action: Action) -> None:
    gather = _EFFECTS.get(type(action))
    if gather and not _misses_its_table(found, action):
        gather(found, action)


def _of_code(found: Collector, actions: Sequence[Action]) -> Effects:
    """Code may go on with what it has just made, so the catalogue follows it step by step."""
    before = found.catalogue
    made: set[str] = set()
    found.catalogue = before.copy()
    for each in runs(actions, found.catalogue):
        found.conditional = found.conditional or each.conditional
        found.understood = found.understood and each.understood
        for action in () if each.handler else each.actions:
            _gather(found, action)
            if each.inside:
                named = named_by(action)
                made |= {named[1]} if named else set()
                found.transactional = True
                replay_one(found.catalogue, action, born=found.fresh_from)
    found.forget(made, before)
    return found.effects()


def _misses_its_table(found: Collector, action: Action) -> bool:
    """ALTER TABLE IF EXISTS on a table that nothing has created."""
    return isinstance(action, TableAction) and found.absent(
        action.table, if_exists=action.if_table_exists
    )
