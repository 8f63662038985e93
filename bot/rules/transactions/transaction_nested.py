"""BEGIN inside a transaction, or COMMIT outside one, ends the transaction where nobody expects it.

PostgreSQL only warns about it. The first COMMIT commits all that was done so far, and when a later
statement fails, half of the migration stays.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.effects import Effects
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.judge.timeline import Step
from bot.rewriting.moving import taken_out
from bot.sql.actions import Transaction

SEVERITY = Severity.WARNING

ABOUT = (Transaction,)

FIX = "Use one BEGIN and one COMMIT, or leave both out: a migration is one transaction anyway."

BAD = """
BEGIN;
CREATE TABLE "A" ("id" BIGINT NOT NULL PRIMARY KEY);
BEGIN;
CREATE TABLE "B" ("id" BIGINT NOT NULL PRIMARY KEY);
COMMIT;
"""

GOOD = """
CREATE TABLE "A" ("id" BIGINT NOT NULL PRIMARY KEY);
CREATE TABLE "B" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

QUIET = [
    "BEGIN; SELECT 1; COMMIT;",
    "BEGIN; SAVEPOINT a; RELEASE a; COMMIT;",
    "START TRANSACTION; SELECT 1; END; BEGIN; SELECT 2; COMMIT;",
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RETURN; END $$;",
]

_CLOSING = ("COMMIT", "ROLLBACK")


def check(statement: Statement, context: Context) -> Hits:
    for each in context.all(Transaction):
        if each.verb == "BEGIN" and _opened(context):
            yield "A transaction is already open here, so this BEGIN does nothing."
        elif each.verb in _CLOSING and not _opened(context):
            yield f"No transaction was begun here: {each.verb} ends the one around the migration."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return taken_out(statement, context, "BEGIN", "COMMIT")


def _opened(context: Context) -> bool:
    """Whether the file has a transaction open before this statement."""
    return context.tally(_Opened).yes


class _Opened:
    def __init__(self) -> None:
        self.yes = False

    def add(self, step: Step, effects: Effects, context: Context) -> None:
        for each in step.all(Transaction):
            self.yes = each.verb == "BEGIN" or (self.yes and each.verb not in _CLOSING)
