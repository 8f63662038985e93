"""This Prisma commits each statement of the file by itself.

From 7.4 on, Prisma sends statements one by one. If one fails, those before it stay: the database is
in between, Prisma refuses to go on (P3009), and somebody has to repair it by hand.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.judge.context import MigrationContext
from bot.judge.timeline import Step
from bot.judge.transactions import atomic, sent_as_one
from bot.sql.actions import Query, SetVariable, Transaction

SEVERITY = Severity.WARNING

FIX = "Write BEGIN; before the first statement and COMMIT; after the last, or split the file."

# The Prisma that the examples are applied by.
PRISMA = "7.8.0"

BAD = """
CREATE TABLE "Team" ("id" TEXT NOT NULL);
CREATE TABLE "Member" ("id" TEXT NOT NULL);
"""

GOOD = """
BEGIN;
CREATE TABLE "Team" ("id" TEXT NOT NULL PRIMARY KEY);
CREATE TABLE "Member" ("id" TEXT NOT NULL PRIMARY KEY);
COMMIT;
"""

QUIET = [
    'CREATE TABLE "Team" ("id" TEXT NOT NULL);',
    'SET lock_timeout = \'5s\'; CREATE TABLE "Team" ("id" TEXT NOT NULL);',
    'CREATE TABLE "Team" ("id" TEXT); CREATE TABLE "Member" ("id" TEXT); DO $$ BEGIN END $$;',
    'CREATE TABLE "Team" ("id" TEXT); SELECT 1;',
]


def check_migration(context: MigrationContext) -> Hits:
    steps, prisma = context.steps, context.settings.prisma
    changing = [each for each in steps if _changes(each)]
    if len(changing) < 2 or atomic(steps) or sent_as_one(context):
        return
    yield (
        f"Prisma {prisma} commits the {len(changing)} statements of the file one by one: if one "
        "fails, the ones before it stay."
    )


def _changes(step: Step) -> bool:
    """Whether something of the statement stays if a later one fails."""
    passing = (Transaction, SetVariable)
    return any(
        not isinstance(each, passing) and not (isinstance(each, Query) and not each.functions)
        for each in step.actions
    )
