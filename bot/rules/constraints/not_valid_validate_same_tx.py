"""Validating a constraint in the transaction that added it defeats the point of NOT VALID.

The strong lock that adding took is held until the transaction ends, so the rows are checked while
writes, or even reads, wait: exactly what NOT VALID was meant to avoid.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.moving import moved_last
from bot.sql.actions import AddConstraint, ValidateConstraint

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (ValidateConstraint,)

FIX = "Move VALIDATE CONSTRAINT into a migration folder of its own, after this one."

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, "total" INTEGER);
ALTER TABLE "Order" ADD CONSTRAINT "old_check" CHECK ("total" < 1000) NOT VALID;
"""

BAD = """
ALTER TABLE "Order" ADD CONSTRAINT "total_positive" CHECK ("total" >= 0) NOT VALID;
ALTER TABLE "Order" VALIDATE CONSTRAINT "total_positive";
"""

GOOD = """
ALTER TABLE "Order" VALIDATE CONSTRAINT "old_check";
"""

QUIET = [
    'ALTER TABLE "Order" ADD CONSTRAINT c CHECK ("total" >= 0) NOT VALID;',
    'BEGIN; ALTER TABLE "Order" ADD CONSTRAINT c CHECK ("total" > 0) NOT VALID; COMMIT; '
    'ALTER TABLE "Order" VALIDATE CONSTRAINT c;',
    "CREATE TABLE n (a INT); ALTER TABLE n ADD CONSTRAINT c CHECK (a > 0) NOT VALID; "
    "ALTER TABLE n VALIDATE CONSTRAINT c;",
    'ALTER TABLE "Order" ADD CONSTRAINT c CHECK ("total" >= 0) NOT VALID; '
    'ALTER TABLE "Order" VALIDATE CONSTRAINT "old_check";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(ValidateConstraint):
        if not context.is_new(action.table) and _added_here(action, context):
            yield Hit(
                f"{action.name} was added in this transaction, whose lock on "
                f"{shown(action.table)} is held while all rows are checked.",
                about=action,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_last(statement, "validate")


def _added_here(action: ValidateConstraint, context: Context) -> bool:
    before = context.same_transaction(context.earlier).all(AddConstraint, about=action.name)
    return any(
        each.table == action.table
        and each.constraint.name == action.name
        and not each.constraint.validated
        for each in (*before, *context.all(AddConstraint))
    )
