"""A COMMIT in the middle of a migration leaves half of it behind when the rest fails.

What stands before it stays applied. The migration counts as failed, cannot be run again as it is,
and holds up every deployment until somebody has cleaned up by hand.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, MigrationContext
from bot.judge.timeline import Step
from bot.rewriting.moving import cut_after
from bot.rules.types.enums import rebuilds_only
from bot.sql.actions import SetVariable, Transaction

SEVERITY = Severity.WARNING

FIX = "Make a migration folder of each part, and leave BEGIN and COMMIT out."

BAD = """
BEGIN;
CREATE TABLE "A" ("id" BIGINT NOT NULL PRIMARY KEY);
COMMIT;
CREATE TABLE "B" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

GOOD = """
CREATE TABLE "A" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

QUIET = [
    "BEGIN; CREATE TABLE a (i INT); CREATE TABLE b (i INT); COMMIT;",
    "SET lock_timeout = '2s'; BEGIN; CREATE TABLE a (i INT); COMMIT; RESET lock_timeout;",
    "BEGIN; CREATE TYPE e_new AS ENUM ('a'); ALTER TYPE e RENAME TO e_old; "
    "ALTER TYPE e_new RENAME TO e; DROP TYPE e_old; COMMIT; CREATE TABLE a (i INT);",
    "BEGIN; SAVEPOINT s; CREATE TABLE a (i INT); ROLLBACK TO s; COMMIT;",
]

_CLOSING = ("COMMIT", "ROLLBACK")


def check(statement: Statement, context: Context) -> Hits:
    verbs = [each.verb for each in context.all(Transaction)]
    if "ROLLBACK" in verbs and context.step.explicit:
        yield "Everything since BEGIN is thrown away here."
    elif "COMMIT" in verbs and context.step.explicit and not _harmless(context):
        yield "What was done so far stays, even if a statement below fails."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    verbs = [each.verb for each in context.all(Transaction)]
    return cut_after(statement, "then") if "COMMIT" in verbs else None


def _harmless(context: Context) -> bool:
    block = context.same_transaction(context.earlier)
    here = context.step.statement.index
    closed = context.file.once(_first_closing) < here
    return closed or context.file.once(_last_work) <= here or rebuilds_only(block)


def _first_closing(file: MigrationContext) -> int:
    """The first statement that ends a transaction which is not Prisma's block about an enum."""
    for step in file.everything.steps_with(Transaction):
        closes = any(each.verb in _CLOSING for each in step.all(Transaction))
        if closes and not rebuilds_only(file.everything.together(step.transaction)):
            return step.statement.index
    return len(file.steps)


def _last_work(file: MigrationContext) -> int:
    """The last statement that does more than begin, end and set; -1 if there is none."""
    return next((each.statement.index for each in reversed(file.everything) if _works(each)), -1)


def _works(step: Step) -> bool:
    return not all(isinstance(each, Transaction | SetVariable) for each in step.actions)
