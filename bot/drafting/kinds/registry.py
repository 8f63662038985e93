"""The kinds in the order in which they are created when nothing else decides it."""

from collections.abc import Iterable

from bot.drafting.item import Item
from bot.drafting.kinds.about import Comments, Grants, Owners
from bot.drafting.kinds.columns import Columns, Defaults, NotNulls
from bot.drafting.kinds.constraints import Constraints
from bot.drafting.kinds.indexes import Indexes, Statistics
from bot.drafting.kinds.outside import ForeignServers, Publications, UserMappings, Wrappers
from bot.drafting.kinds.reactions import EventTriggers, Policies, Triggers
from bot.drafting.kinds.routines import Casts, Families, Routines, Written
from bot.drafting.kinds.sequences import Ownerships, Sequences
from bot.drafting.kinds.spaces import Extensions, Schemas
from bot.drafting.kinds.tables import Attachments, Clusterings, ReplicaIdentities, Tables
from bot.drafting.kinds.types import Composites, Domains, Enums, Others
from bot.drafting.kinds.views import MaterializedViews, Views
from bot.drafting.steps import Alteration, Around, Kind, Step, Undrafted

# A column that rows are without when it is added; no snapshot has it.
NOT_NULL = "not null"

KINDS: dict[str, Kind] = {
    "schema": Schemas(),
    "extension": Extensions(),
    "collation": Written(),
    "enum": Enums(),
    "composite type": Composites(),
    "domain": Domains(),
    "range type": Others(),
    "base type": Others(),
    "foreign data wrapper": Wrappers(),
    "foreign server": ForeignServers(),
    "text search dictionary": Written(),
    "text search configuration": Written(),
    "sequence": Sequences(),
    "table": Tables(),
    "foreign table": Tables(),
    "column": Columns(),
    "default": Defaults(),
    "function": Routines(),
    "procedure": Routines(),
    "aggregate": Routines(),
    "operator": Written(),
    "operator family": Families(),
    "operator class": Written(),
    "cast": Casts(),
    "ownership": Ownerships(),
    "view": Views(),
    NOT_NULL: NotNulls(),
    "constraint": Constraints(),
    "index": Indexes(),
    "attachment": Attachments(),
    "materialized view": MaterializedViews(),
    "statistics": Statistics(),
    "clustering": Clusterings(),
    "replica identity": ReplicaIdentities(),
    "rule": Triggers(),
    "trigger": Triggers(),
    "policy": Policies(),
    "event trigger": EventTriggers(),
    "user mapping": UserMappings(),
    "publication": Publications(),
    "owner": Owners(),
    "grant": Grants(),
    "comment": Comments(),
}
RANKS = {kind: rank for rank, kind in enumerate(KINDS)}


class Unknown:
    """Of a kind that nobody has found the SQL for."""

    def create(self, item: Item, around: Around) -> Iterable[Step]:
        return self._unknown(item, "is wanted")

    def drop(self, item: Item, around: Around) -> Iterable[Step]:
        return self._unknown(item, "is not wanted")

    def alter(self, before: Item, after: Item, around: Around) -> Alteration | None:
        return Alteration(tuple(self._unknown(after, "differs")))

    def _unknown(self, item: Item, what: str) -> Iterable[Step]:
        return [Undrafted(f"{item.kind} {item.identity} {what}: no SQL is known for its kind")]


def kind_of(item: Item) -> Kind:
    return KINDS.get(item.kind, _UNKNOWN)


_UNKNOWN = Unknown()
