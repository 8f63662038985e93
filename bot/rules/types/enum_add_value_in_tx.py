"""Before PostgreSQL 12 a value cannot be added to an enum inside a transaction.

A file with several statements is one transaction, so the migration fails on every database,
production included.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.transactions import sent_as_one
from bot.rewriting.moving import moved_apart
from bot.sql.actions import AddEnumValue, CreateEnum

SEVERITY = Severity.ERROR

ABOUT = (AddEnumValue,)

FIX = "Put each ADD VALUE into a migration folder of its own, without BEGIN and COMMIT."

POSTGRES = 11

BEFORE = """
CREATE TYPE "Status" AS ENUM ('OPEN', 'DONE');
"""

BAD = """
BEGIN;
ALTER TYPE "Status" ADD VALUE 'PAID';
COMMIT;
"""

GOOD = """
COMMENT ON TYPE "Status" IS 'PAID follows in a folder of its own';
"""

QUIET = [
    "ALTER TYPE \"Status\" ADD VALUE 'PAID';",
    "BEGIN; ALTER TYPE \"Status\" RENAME VALUE 'DONE' TO 'PAID'; COMMIT;",
    "BEGIN; CREATE TYPE e AS ENUM ('a'); ALTER TYPE e ADD VALUE 'b'; COMMIT;",
]


def check(statement: Statement, context: Context) -> Hits:
    if context.settings.postgres >= 12 or not _in_transaction(context):
        return
    for added in context.all(AddEnumValue):
        created = context.earlier.all(CreateEnum, about=added.name)
        if added.name not in {each.name for each in created}:
            yield Hit(
                f"ADD VALUE on {shown(added.name)} is refused inside a transaction.", about=added
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_apart(statement, "add_value")


def _in_transaction(context: Context) -> bool:
    steps = context.file.steps
    together = len(steps) > 1 and sent_as_one(context.file)
    return context.step.explicit or together
