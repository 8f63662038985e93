"""What a migration has given another name, so that what takes it back gives the old one back."""

from collections.abc import Iterable, Sequence

from bot.core.migrations.statement import Statement
from bot.core.quoting import identity_part
from bot.core.schemas.draft import Renamed
from bot.sql.actions.objects import Rename
from bot.sql.read import actions_of

# The kinds of a snapshot that SQL may mean.
_KINDS = {
    "TABLE": ("table",),
    "FOREIGN TABLE": ("foreign table",),
    "VIEW": ("view",),
    "MATERIALIZED VIEW": ("materialized view",),
    "SEQUENCE": ("sequence",),
    "TYPE": ("enum", "composite type", "range type"),
    "DOMAIN": ("domain",),
}


def renames_of(statements: Iterable[Statement]) -> tuple[Renamed, ...]:
    """From the names after all of them to those before. Those that are the same are left out."""
    found = _Names()
    for statement in statements:
        # Most migrations rename nothing, and need not be read for it.
        if "RENAME" in statement.sql.upper():
            for action in actions_of(statement):
                if isinstance(action, Rename):
                    found.take(action)
    return found.all()


class _Names:
    def __init__(self) -> None:
        # By the name now, the one before it all.
        self._whole: dict[tuple[str, str], str] = {}
        # By the table's name before it all and the column's now.
        self._columns: dict[tuple[str, str], str] = {}

    def take(self, action: Rename) -> None:
        if action.kind == "COLUMN":
            table = self._before("TABLE", action.relation)
            before = self._columns.pop((table, action.old), action.old)
            self._columns[table, action.new] = before
        elif action.kind in _KINDS:
            before = self._whole.pop((action.kind, action.old), action.old)
            self._whole[action.kind, action.new] = before

    def _before(self, kind: str, name: str) -> str:
        return self._whole.get((kind, name), name)

    def all(self) -> tuple[Renamed, ...]:
        return (*self._relations(), *self._of_tables())

    def _relations(self) -> Sequence[Renamed]:
        return [
            Renamed(each, now, before)
            for (kind, now), before in self._whole.items()
            for each in _KINDS[kind]
            if now != before
        ]

    def _of_tables(self) -> Sequence[Renamed]:
        tables = {before: now for (kind, now), before in self._whole.items() if kind == "TABLE"}
        return [
            Renamed(
                "column",
                f"{tables.get(table, table)}.{identity_part(now)}",
                f"{table}.{identity_part(before)}",
            )
            for (table, now), before in self._columns.items()
            if now != before
        ]
