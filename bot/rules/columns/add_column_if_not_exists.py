"""IF NOT EXISTS and IF EXISTS hide that a database is not what it should be.

If something of the same name is there already, it is kept as it is, whatever its shape, and the
migration counts as applied: from then on this database differs from the others, and nobody knows.
Without the words, the migration stops where the difference can still be looked at.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.columns import added_plainly
from bot.sql import actions as act

SEVERITY = Severity.NOTICE

ABOUT = (act.CreateTable, act.AddColumn, act.DropColumn, act.DropObjects)

FIX = (
    "Leave the words out; if a migration stopped half-way, repair the database and say so with "
    "`migration-bot resolve TARGET --applied MIGRATION`."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "email" TEXT;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "email" TEXT;
"""

QUIET = [
    'CREATE TABLE "Team" ("id" TEXT NOT NULL);',
    'DROP INDEX CONCURRENTLY IF EXISTS "User_email_idx";',
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS "User_id_idx" ON "User"("id");',
    "CREATE TEMP TABLE IF NOT EXISTS n (a INT);",
    "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1;",
    "DROP FUNCTION IF EXISTS f();",
    "DROP TABLE IF EXISTS n; CREATE TABLE n (a INT);",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN IF NOT EXISTS b INT;",
    'CREATE EXTENSION IF NOT EXISTS "citext";',
]

_KINDS = ("TABLE", "VIEW", "MATERIALIZED VIEW", "TYPE", "DOMAIN", "SEQUENCE")


def check(statement: Statement, context: Context) -> Hits:
    if context.file.baseline:
        return
    for created in context.all(act.CreateTable):
        if created.if_not_exists and not created.temporary:
            yield Hit(
                f"If {shown(created.table)} is there already, it is kept, whatever its columns.",
                about=created,
            )
    for added in context.all(act.AddColumn):
        if added.if_not_exists and not context.is_new(added.table):
            yield Hit(
                f"If {shown(added.table)}.{added.column.name} is there already, it is kept, "
                "whatever its type.",
                about=added,
            )
    for name in _dropped(context):
        yield Hit(
            f"If {shown(name)} is not there, nobody learns that this database is different.",
            about=name,
        )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return added_plainly(statement, context)


def _dropped(context: Context) -> Iterator[str]:
    """What is dropped if it exists, and does not come back further down."""
    for column in context.all(act.DropColumn):
        if column.if_exists:
            yield f"{column.table}.{column.name}"
    for dropped in context.all(act.DropObjects):
        if dropped.if_exists and dropped.kind in _KINDS:
            yield from (name for name in dropped.names if not _comes_back(name, context))


def _comes_back(name: str, context: Context) -> bool:
    kinds = (act.CreateTable, act.CreateView, act.CreateEnum, act.CreateDomain, act.CreateSequence)
    return any(True for _ in context.later.steps_with(*kinds, about=name))
