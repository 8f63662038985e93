"""Slow work after an instant change keeps everybody out of the table that was changed.

A lock is held until the transaction ends. ADD COLUMN alone takes a moment; followed by something
that reads or writes a whole table, it blocks all reads and writes for as long as that takes.
"""

from bot.core.effects import LockMode
from bot.core.finding import Severity
from bot.core.rewrite import Rewrite
from bot.core.rule import Hits
from bot.core.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.moving import moved_on
from bot.rules.transactions.blocking import blocked, together_before
from bot.rules.transactions.rows import backfilled
from bot.sql.actions import AddConstraint, RefreshView, ValidateConstraint

SEVERITY = Severity.WARNING

FIX = "Move the slow statement into the next migration folder, so that the lock is gone by then."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER);
ALTER TABLE "Order" ADD CONSTRAINT "positive" CHECK ("total" > 0) NOT VALID;
CREATE TABLE "User" ("id" INTEGER NOT NULL, "name" TEXT);
"""

BAD = """
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
ALTER TABLE "Order" VALIDATE CONSTRAINT "positive";
"""

GOOD = """
ALTER TABLE "Order" VALIDATE CONSTRAINT "positive";
"""

QUIET = [
    'ALTER TABLE "Order" ADD COLUMN a INT; ALTER TABLE "Order" ADD COLUMN b INT;',
    'ALTER TABLE "Order" VALIDATE CONSTRAINT "positive"; ALTER TABLE "Order" ADD COLUMN a INT;',
    'CREATE TABLE n (a INT); ALTER TABLE n ADD b INT; CREATE INDEX i ON "User"("id");',
    'ALTER TABLE "Order" ADD COLUMN a INT; CREATE TABLE n (a INT); CREATE INDEX ON n (a);',
    'BEGIN; ALTER TABLE "Order" ADD COLUMN a INT; COMMIT; '
    'BEGIN; ALTER TABLE "Order" VALIDATE CONSTRAINT "positive"; COMMIT;',
]


def check(statement: Statement, context: Context) -> Hits:
    slow = _slow(context)
    if not slow:
        return
    exclusive = LockMode.ACCESS_EXCLUSIVE
    held: set[str] = set()
    for _, effects in together_before(context):
        held |= blocked(effects, context, at_least=exclusive)
    kept = held - blocked(context.effects, context, at_least=exclusive) - _mixed(context)
    if kept:
        tables = ", ".join(map(shown, sorted(kept)))
        yield f"Reads and writes of {tables} wait until {shown(slow)} has been gone through."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_on(statement, "then")


def _slow(context: Context) -> str:
    """A table in use that the statement reads or writes as a whole; "" if there is none."""
    effects = context.effects
    if not effects.transactional or _judged_elsewhere(context):
        return ""
    found = {*effects.scans, *effects.rewrites, *backfilled(context)}
    if any(each.with_data for each in context.all(RefreshView)):
        found |= {each.name for each in context.all(RefreshView)}
    return next((each for each in sorted(found) if not context.is_new(each)), "")


def _mixed(context: Context) -> frozenset[str]:
    """What ddl-dml-mixed reports: the rows of the locked table itself."""
    return frozenset(backfilled(context))


def _judged_elsewhere(context: Context) -> bool:
    """Whether it validates what was added NOT VALID in the same transaction."""
    added = {
        each.constraint.name
        for step in context.same_transaction(context.earlier)
        for each in step.all(AddConstraint)
    }
    return any(each.name in added for each in context.all(ValidateConstraint))
