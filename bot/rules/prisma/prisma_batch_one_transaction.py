"""The file is one transaction, and every lock in it is held to the end.

Prisma sends the file as one message, which PostgreSQL runs as a whole. The first table stays locked
while the statements about the others run, so the waiting adds up.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.effects import LockMode
from bot.judge.context import MigrationContext, shown
from bot.judge.transactions import sent_as_one, splits
from bot.sql.actions import Transaction

SEVERITY = Severity.NOTICE

FIX = "Split the migration, one folder for each table that is in use."

# The Prisma that the examples are applied by.
PRISMA = "6.19.0"

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
CREATE TABLE "Post" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD COLUMN "name" TEXT;
ALTER TABLE "Post" ADD COLUMN "title" TEXT;
"""

GOOD = """
SET lock_timeout = '2s';
ALTER TABLE "User" ADD COLUMN "name" TEXT;
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN "name" TEXT; ALTER TABLE "User" ADD COLUMN "age" INT;',
    'CREATE TABLE a (id INT); CREATE TABLE b (id INT); ALTER TABLE "User" ADD COLUMN c INT;',
    'BEGIN; ALTER TABLE "User" ADD COLUMN a INT; COMMIT; '
    'BEGIN; ALTER TABLE "Post" ADD COLUMN b INT; COMMIT;',
    'SELECT 1 FROM "User"; SELECT 1 FROM "Post";',
]


def check_migration(context: MigrationContext) -> Hits:
    prisma = context.settings.prisma
    if prisma is None or any(context.all(Transaction)) or not sent_as_one(context):
        return
    blocked = dict.fromkeys(
        lock.relation
        for effects in context.effects
        for lock in effects.locks
        if lock.mode >= LockMode.SHARE and lock.relation in context.base.tables and not lock.new
    )
    if len(blocked) > 1:
        *most, last = map(shown, blocked)
        although = ", because its splitter cannot read the file" if splits(prisma) else ""
        yield (
            f"Prisma {prisma} runs the file as one transaction{although}: {', '.join(most)} and "
            f"{last} stay locked until all of it is done."
        )
