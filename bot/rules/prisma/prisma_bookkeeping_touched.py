"""The table _prisma_migrations is Prisma's own record of what was applied.

A migration that changes it makes Prisma and migration-bot believe things that never happened: the
next deployment applies migrations twice, or not at all.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import CreateTable

SEVERITY = Severity.ERROR

FIX = (
    "Take the statement out; correct the record with "
    "`migration-bot resolve TARGET --applied MIGRATION`."
)

BAD = """
DELETE FROM "_prisma_migrations" WHERE "migration_name" = '20240101000000_first';
"""

GOOD = """
SELECT 1;
"""

QUIET = [
    'CREATE TABLE "prisma_migrations" (a INT);',
    "SELECT '_prisma_migrations';",
    "-- _prisma_migrations\nSELECT 1;",
]

_NAME = "._prisma_migrations"


def check(statement: Statement, context: Context) -> Hits:
    touched = [each.relation for each in context.effects.locks]
    touched += [each.table for each in context.all(CreateTable)]
    if any(name.endswith(_NAME) for name in touched):
        yield "The statement touches the record of what was applied."
