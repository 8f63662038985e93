"""Adding a CHECK reads the whole table while nobody can use it.

PostgreSQL tests every row, and holds up all reads and writes until it has finished.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.constraints import CHECK, validated_later
from bot.sql.actions import AddConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddConstraint,)

FIX = (
    "Add it NOT VALID, which checks new rows only, and VALIDATE CONSTRAINT in a later migration "
    "folder, which blocks nobody."
)

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, "total" INTEGER);
"""

BAD = """
ALTER TABLE "Order" ADD CONSTRAINT "total_positive" CHECK ("total" >= 0);
"""

GOOD = """
ALTER TABLE "Order" ADD CONSTRAINT "total_positive" CHECK ("total" >= 0) NOT VALID;
"""

QUIET = [
    "CREATE TABLE n (a INT, CHECK (a > 0));",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD CHECK (a > 0);",
    'ALTER TABLE "Order" ADD CONSTRAINT c CHECK ("total" > 0) NOT ENFORCED;',
    'ALTER TABLE "Order" VALIDATE CONSTRAINT "total_positive";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.kind is not ConstraintKind.CHECK or context.is_new(action.table):
            continue
        if constraint.validated and constraint.enforced:
            name = f" for {constraint.name}" if constraint.name else ""
            yield Hit(
                f"Every row of {shown(action.table)} is checked{name}; reads and writes wait "
                "until that is done.",
                about=action,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return validated_later(statement, context, CHECK)
