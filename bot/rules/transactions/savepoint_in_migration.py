"""SAVEPOINT is refused where no transaction was begun.

Prisma sends the file without a BEGIN of its own, so PostgreSQL answers that savepoints can only be
used in transaction blocks: the migration fails, on the developer's machine already.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rewriting.moving import taken_out
from bot.sql.actions import Transaction

SEVERITY = Severity.ERROR

ABOUT = (Transaction,)

FIX = "Leave the savepoint out: if a statement fails, the whole migration is rolled back."

BAD = """
SAVEPOINT "before";
CREATE TABLE "A" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

GOOD = """
CREATE TABLE "A" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

QUIET = [
    "BEGIN; SAVEPOINT a; CREATE TABLE n (i INT); RELEASE a; COMMIT;",
    "BEGIN; SAVEPOINT a; ROLLBACK TO SAVEPOINT a; COMMIT;",
    "BEGIN; CREATE TABLE n (i INT); COMMIT;",
]

_VERBS = ("SAVEPOINT", "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")


def check(statement: Statement, context: Context) -> Hits:
    for each in context.all(Transaction):
        if each.verb in _VERBS and not context.step.explicit:
            yield f"{each.verb} stands outside a transaction, where it is an error."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return taken_out(statement, context, "SAVEPOINT", "RELEASE SAVEPOINT")
