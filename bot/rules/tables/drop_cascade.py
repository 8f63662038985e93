"""CASCADE also drops what the migration does not name.

Views, foreign keys, columns and defaults that depend on the object go with it, in silence, and
possibly others in production than on the author's machine.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.moving import dropped_alone
from bot.sql.actions import CreateSchema, DropColumn, DropConstraint, DropObjects

SEVERITY = Severity.ERROR

ABOUT = (DropColumn, DropConstraint, DropObjects)

FIX = "Drop each dependent object by its name first, and leave CASCADE out."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
CREATE VIEW "People" AS SELECT * FROM "User";
"""

BAD = """
DROP VIEW "People" CASCADE;
"""

GOOD = """
DROP VIEW "People";
CREATE VIEW "People" AS SELECT "id" FROM "User";
"""

QUIET = [
    "CREATE TABLE n (a INT); DROP TABLE n CASCADE;",
    "CREATE TYPE e AS ENUM ('a'); DROP TYPE e CASCADE;",
    "CREATE TABLE n (a INT, b INT); ALTER TABLE n DROP COLUMN a CASCADE;",
    'ALTER TABLE "User" ADD FOREIGN KEY (id) REFERENCES "User" ON DELETE CASCADE NOT VALID;',
    "CREATE SCHEMA s; DROP SCHEMA s CASCADE;",
]


def check(statement: Statement, context: Context) -> Hits:
    for name in _cascading(context):
        yield Hit(
            f"Everything that depends on {shown(name)} is dropped with it, unnamed.", about=name
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return dropped_alone(statement, context)


def _cascading(context: Context) -> Iterator[str]:
    for drop in context.all(DropObjects):
        if drop.cascade:
            yield from (name for name in drop.names if not _created_here(name, drop, context))
    parts: tuple[DropColumn | DropConstraint, ...] = (
        *context.all(DropColumn),
        *context.all(DropConstraint),
    )
    for part in parts:
        if part.cascade and not context.is_new(part.table):
            yield f"{part.table}.{part.name}"


def _created_here(name: str, drop: DropObjects, context: Context) -> bool:
    enum = context.catalogue.enums.get(name)
    if enum:
        return enum.born >= context.file.fresh_from
    if drop.kind == "SCHEMA":
        return any(True for _ in context.earlier.all(CreateSchema, about=name))
    return context.is_new(drop.relation or name)
