"""A new enum value cannot be used in the transaction that adds it.

PostgreSQL refuses the use (55P04, unsafe use of new value), so the migration fails on every
database, production included.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.moving import moved_on
from bot.sql.actions import (
    AddColumn,
    AddConstraint,
    AddEnumValue,
    CreateEnum,
    CreateTable,
    Insert,
    SetDefault,
    Update,
)  # fmt: skip
from bot.sql.values import Expression

SEVERITY = Severity.ERROR

FIX = "Use the new value in the next migration folder."

BEFORE = """
CREATE TYPE "Status" AS ENUM ('OPEN', 'DONE');
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "status" "Status", "note" TEXT);
"""

BAD = """
ALTER TYPE "Status" ADD VALUE 'PAID';
ALTER TABLE "Order" ALTER COLUMN "status" SET DEFAULT 'PAID';
"""

GOOD = """
-- DONE was added by the migration before this one.
ALTER TABLE "Order" ALTER COLUMN "status" SET DEFAULT 'DONE';
"""

QUIET = [
    "ALTER TYPE \"Status\" ADD VALUE 'PAID'; "
    "ALTER TABLE \"Order\" ALTER status SET DEFAULT 'OPEN';",
    "ALTER TYPE \"Status\" ADD VALUE 'PAID'; ALTER TABLE \"Order\" ALTER note SET DEFAULT 'PAID';",
    "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e ADD VALUE 'b'; CREATE TABLE n (x e DEFAULT 'b');",
    "ALTER TYPE \"Status\" ADD VALUE 'PAID'; UPDATE older SET kind = 'OPEN' WHERE id = 1;",
    "BEGIN; ALTER TYPE \"Status\" ADD VALUE 'PAID'; COMMIT; "
    "UPDATE \"Order\" SET status = 'PAID' WHERE id = 1;",
]


def check(statement: Statement, context: Context) -> Hits:
    if AddEnumValue not in context.file.kinds:
        return
    for added in _added_here(context):
        if added.value in _used(added.name, context):
            name = shown(added.name)
            yield Hit(
                f"The value '{added.value}' of {name} is used before it is committed.", about=added
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_on(statement, "use_value")


def _added_here(context: Context) -> Iterator[AddEnumValue]:
    version = context.settings.postgres
    steps = context.same_transaction(context.earlier)
    created = {each.name for each in steps.all(CreateEnum)}
    for each in steps.all(AddEnumValue):
        if each.name not in created or 12 <= version < 17:
            yield each


def _used(enum: str, context: Context) -> Iterator[str]:
    """The strings that this statement takes for values of the type."""
    for column in [each.column for each in context.all(AddColumn)]:
        yield from _strings(column.default, column.type.name == enum, enum)
    for table in context.all(CreateTable):
        for column in table.columns:
            yield from _strings(column.default, column.type.name == enum, enum)
    for default in context.all(SetDefault):
        typed = _has_type(default.table, [default.name], enum, context)
        yield from _strings(default.default, typed, enum)
    for added in context.all(AddConstraint):
        columns = added.constraint.expression.columns if added.constraint.expression else ()
        typed = _has_type(added.table, columns, enum, context)
        yield from _strings(added.constraint.expression, typed, enum)
    changes: tuple[Update | Insert, ...] = (*context.all(Update), *context.all(Insert))
    for change in changes:
        if _has_type(change.table, None, enum, context):
            yield from change.strings


def _strings(expression: Expression | None, typed: bool, enum: str) -> tuple[str, ...]:
    if expression is None or not (typed or enum in expression.casts):
        return ()
    return expression.strings


def _has_type(
    table: str, columns: list[str] | tuple[str, ...] | None, enum: str, context: Context
) -> bool:
    """Whether one of the columns, or of all where none are named, is of the type.

    Of a table that no migration creates, a column may be of any type.
    """
    known = context.catalogue.tables.get(table)
    if known is None:
        return True
    return any(
        column.type.name == enum
        for column in known.columns.values()
        if columns is None or column.name in columns
    )
