"""BEGIN without COMMIT throws the migration away.

Everything after it is rolled back when the connection closes, the note that the migration was
applied included: the deployment says that all is well, and nothing has happened.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rewriting.moving import taken_out
from bot.sql.actions import Transaction

SEVERITY = Severity.ERROR

FIX = "Add COMMIT at the end, or leave BEGIN out: a migration is one transaction anyway."

BAD = """
BEGIN;
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY);
"""

GOOD = """
BEGIN;
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY);
COMMIT;
"""

QUIET = [
    "BEGIN; SELECT 1; ROLLBACK;",
    "START TRANSACTION; SELECT 1; END;",
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RETURN; END $$;",
    "BEGIN; BEGIN; COMMIT;",
]

_CLOSING = {"COMMIT", "ROLLBACK", "PREPARE TRANSACTION"}


def check(statement: Statement, context: Context) -> Hits:
    begins = any(each.verb == "BEGIN" for each in context.all(Transaction))
    if not begins:
        return
    before = context.earlier.last
    if before and before.transaction == context.step.transaction:
        return
    later = (each.verb for each in context.later.all(Transaction))
    if not _CLOSING.intersection(later):
        yield "The transaction begun here is never committed."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return taken_out(statement, context, "BEGIN")
