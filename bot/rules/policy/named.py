"""The names that a statement gives, with what they are names of. No rule by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import Context
from bot.sql import actions as act
from bot.sql.names import bare
from bot.sql.values import Constraint, ConstraintKind

_KINDS = {
    ConstraintKind.PRIMARY_KEY: "primary key",
    ConstraintKind.UNIQUE: "unique constraint",
    ConstraintKind.FOREIGN_KEY: "foreign key",
    ConstraintKind.CHECK: "check constraint",
}


@dataclass(frozen=True)
class Named:
    """`kind` in words. `table` and `columns` are what an index or a constraint is on; None stands
    for an expression."""

    kind: str
    name: str
    table: str = ""
    columns: tuple[str | None, ...] = ()


def new_names(context: Context) -> Iterator[Named]:
    """The names that the author chose; what was left to the server, and temporary, is not."""
    for schema in context.all(act.CreateSchema):
        yield Named("schema", schema.name)
    for table in context.all(act.CreateTable):
        if not table.temporary:
            yield from _of_table(table)
    for index in context.all(act.CreateIndex):
        if index.name:
            kind = "unique index" if index.unique else "index"
            columns = tuple(each.name for each in index.columns)
            yield Named(kind, bare(index.name), bare(index.table), columns)
    yield from _of_changes(context)
    for rename in context.all(act.Rename):
        yield from _of_rename(rename, context.catalogue)


def _of_table(table: act.CreateTable) -> Iterator[Named]:
    yield Named("table", bare(table.table))
    for column in table.columns:
        yield Named("column", column.name, bare(table.table))
        yield from _of_constraints(table.table, column.constraints)
    yield from _of_constraints(table.table, table.constraints)


def _of_changes(context: Context) -> Iterator[Named]:
    for added in context.all(act.AddColumn):
        yield Named("column", added.column.name, bare(added.table))
        yield from _of_constraints(added.table, added.column.constraints)
    for constraint in context.all(act.AddConstraint):
        yield from _of_constraints(constraint.table, (constraint.constraint,))


def _of_constraints(table: str, constraints: tuple[Constraint, ...]) -> Iterator[Named]:
    for each in constraints:
        if each.name and each.kind in _KINDS and not each.using_index:
            yield Named(_KINDS[each.kind], each.name, bare(table), each.columns)


def _of_rename(rename: act.Rename, catalogue: Catalogue) -> Iterator[Named]:
    if rename.kind == "SCHEMA":
        yield Named("schema", rename.new)
    if rename.kind == "TABLE" and rename.old in catalogue.tables:
        yield Named("table", bare(rename.new))
    if rename.kind == "COLUMN":
        yield Named("column", rename.new, bare(rename.relation))
    index = catalogue.indexes.get(rename.old) if rename.kind == "INDEX" else None
    if index and not index.constraint:
        kind = "unique index" if index.unique else "index"
        columns = tuple(each.name for each in index.columns)
        yield Named(kind, bare(rename.new), bare(index.table), columns)
    constraint = catalogue.constraint(rename.relation, rename.old)
    if rename.kind == "CONSTRAINT" and constraint and constraint.kind in _KINDS:
        kind = _KINDS[constraint.kind]
        yield Named(kind, rename.new, bare(rename.relation), constraint.columns)
