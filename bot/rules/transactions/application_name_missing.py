"""A migration without a name is hard to find among the sessions of the server.

When requests hang, somebody looks at pg_stat_activity for the session that holds the lock.
migration-bot calls itself by the target's name; Prisma's session looks like any other.
"""

from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rewriting.moving import after
from bot.rules.transactions.blocking import blocks_first
from bot.rules.transactions.timeouts import is_set

SEVERITY = None

FIX = "Add ?application_name=migrate to the URL, or begin the file with SET application_name."

PRISMA = "6.19.0"

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER);
"""

BAD = """
SET lock_timeout = '2s';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

GOOD = """
SET application_name = 'migrate';
SET lock_timeout = '2s';
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'CREATE TABLE "New" ("id" INT); ALTER TABLE "New" ADD COLUMN a INT;',
    "SELECT set_config('application_name', 'm', false); ALTER TABLE \"Order\" ADD COLUMN a INT;",
    'INSERT INTO "Order" VALUES (1, 1);',
]


def check(statement: Statement, context: Context) -> Hits:
    if context.settings.prisma is None or is_set("application_name", context):
        return
    if blocks_first(context):
        yield "The session that takes this lock has no name to find it by."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return after("SET application_name = 'migrate'", statement)
