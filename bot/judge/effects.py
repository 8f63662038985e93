"""What PostgreSQL does to run a statement, worked out from its actions and the catalogue.

The tables of locks behind it were measured on PostgreSQL 10 to 18. `rewrites` are the tables whose
files are written anew, `scans` those that are read in full to check or to index them without being
rewritten, partitions in place of their parents. `loses` names tables and columns, as
`schema.table.column`.
"""

from collections.abc import Iterable

from bot.core.effects import Effects
from bot.judge.catalogue import Catalogue
from bot.judge.collector import Collector
from bot.judge.effects_objects import OBJECT_EFFECTS
from bot.judge.effects_tables import TABLE_EFFECTS
from bot.sql.actions import Action

_EFFECTS = {**OBJECT_EFFECTS, **TABLE_EFFECTS}


def effects_of(
    actions: Iterable[Action], catalogue: Catalogue, *, postgres: int = 18, fresh_from: int
) -> Effects:
    """The effects of one statement on the schema as it is before it.

    `fresh_from` is the place in the history from which on what is created counts as new.
    """
    found = Collector(catalogue, postgres=postgres, fresh_from=fresh_from)
    for action in actions:
        gather = _EFFECTS.get(type(action))
        if gather:
            gather(found, action)
    return found.effects()
