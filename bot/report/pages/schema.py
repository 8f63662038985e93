"""Tables as the schema page lists them: columns, what a target lacks, and who touched them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.board.board import Board
from bot.core.schemas.entities import Entities, entities
from bot.core.schemas.schema import differences
from bot.core.schemas.touched import Column
from bot.report.lock_words import named
from bot.report.pages.addresses import table_anchor
from bot.report.pages.migrations import MigrationView

# What one page shows; all columns of a table, or none.
MOST_COLUMNS = 3000
MOST_TABLES = 500
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
    """`lines` are all differences, in words; `left` counts tables that are not shown. `drawn` is
    what a picture is made of: None where the schema was not made."""

    tables: tuple[TableView, ...]
    lines: tuple[str, ...] = ()
    left: int = 0
    drawn: Entities | None = field(default=None, compare=False)


def schema_view(board: Board, views: Sequence[MigrationView]) -> SchemaView:
    migrations: dict[str, list[MigrationView]] = {}
    for view in views:
        for name in view.tables:
            migrations.setdefault(name, []).append(view)
    schema = board.schema
    before = schema.before if schema.target else schema.after
    drawn = entities(before, schema.after) if before or schema.after else None
    tables = {named(each.identity): each for each in drawn.tables} if drawn else {}
    # With a schema at hand an index or a sequence is known to be no table.
    known, room, shown = sorted(tables if drawn else migrations), MOST_COLUMNS, []
    for name in known[:MOST_TABLES]:
        table, touching = tables.get(name), migrations.get(name, [])
        columns = table.columns if table is not None and len(table.columns) <= room else ()
        room -= len(columns)
        change = (table.change or "changed") if table is not None and table.touched else ""
        shown.append(
            TableView(
                name,
                change,
                columns,
                tuple(touching[-MOST_MIGRATIONS:]),
                max(0, len(touching) - MOST_MIGRATIONS),
            )
        )
    lines = differences(before, schema.after, ignore=("position",)).lines
    return SchemaView(tuple(shown), lines, len(known) - len(shown), drawn)
