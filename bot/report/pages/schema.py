"""Tables as the schema page lists them: columns, what a target lacks, and who touched them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.board.board import Board
from bot.core.schemas.touched import Column, Table, touched
from bot.report.lock_words import named
from bot.report.pages.addresses import table_anchor
from bot.report.pages.migrations import MigrationView

# What one page shows; all columns of a table, or none.
MOST_COLUMNS = 4000
MOST_TABLES = 600
MOST_MIGRATIONS = 12


@dataclass(frozen=True)
class TableView:
    """`change` is "added", "removed", "changed" or "", against the target that is compared with.
    `columns` is empty where the schema was not made. `left` counts migrations that are not shown.
    """

    name: str
    change: str
    columns: tuple[Column, ...]
    migrations: tuple[MigrationView, ...]
    left: int

    @property
    def anchor(self) -> str:
        return table_anchor(self.name)


@dataclass(frozen=True)
class SchemaView:
    """`lines` are all differences, in words; `left` counts tables that are not shown."""

    tables: tuple[TableView, ...]
    lines: tuple[str, ...] = ()
    left: int = 0

    @property
    def changed(self) -> tuple[TableView, ...]:
        return tuple(each for each in self.tables if each.change)


def schema_view(board: Board, views: Sequence[MigrationView]) -> SchemaView:
    before, after = board.schema.before, board.schema.after
    whole = {named(each.identity): each for each in touched({}, after).tables}
    compared = touched(before, after) if board.schema.target else None
    changes = {named(each.identity): each for each in compared.tables} if compared else {}
    migrations: dict[str, list[MigrationView]] = {}
    for view in views:
        for name in view.tables:
            migrations.setdefault(name, []).append(view)
    tables, room = [], MOST_COLUMNS
    # With a schema at hand an index or a sequence is known to be no table.
    known = {*whole, *changes} if after else set(migrations)
    for name in sorted(known)[:MOST_TABLES]:
        found = _marked(whole.get(name), changes.get(name))
        columns = found.columns if found is not None and len(found.columns) <= room else ()
        room -= len(columns)
        touching = migrations.get(name, [])
        tables.append(
            TableView(
                name,
                _change(changes.get(name)),
                columns,
                tuple(touching[-MOST_MIGRATIONS:]),
                max(0, len(touching) - MOST_MIGRATIONS),
            )
        )
    lines = compared.changes.lines if compared else ()
    return SchemaView(tuple(tables), lines, len(known) - len(tables))


def _marked(whole: Table | None, changed: Table | None) -> Table | None:
    """A touched one has its columns with their marks; of another nothing has changed."""
    if changed is not None and changed.touched:
        return changed
    if whole is None:
        return changed
    columns = tuple(
        Column(each.name, each.type, each.primary, each.foreign) for each in whole.columns
    )
    return Table(whole.identity, columns)


def _change(changed: Table | None) -> str:
    if changed is None or not changed.touched:
        return ""
    return changed.change or "changed"
