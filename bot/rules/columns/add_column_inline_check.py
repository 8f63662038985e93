"""A CHECK beside a new column reads the whole table while nobody can use it.

PostgreSQL tests every row, although the new column is empty in all of them. Reads and writes wait
until it has finished, which takes a while on a large table.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.columns import constrained_after
from bot.rewriting.constraints import CHECK
from bot.rules.columns.additions import added_columns, constraints_beside
from bot.sql.actions import AddColumn
from bot.sql.values import ConstraintKind

SEVERITY = Severity.WARNING
SIZED = Sized.WORK

ABOUT = (AddColumn,)

FIX = (
    "Add the column alone, then the CHECK with ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT "
    "in a later migration folder, which blocks nobody."
)

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "Order" ADD COLUMN "amount" INTEGER CHECK ("amount" > 0);
"""

GOOD = """
ALTER TABLE "Order" ADD COLUMN "amount" INTEGER;
ALTER TABLE "Order" ADD CONSTRAINT "amount_positive" CHECK ("amount" > 0) NOT VALID;
"""

QUIET = [
    "CREATE TABLE n (a INT CHECK (a > 0));",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN b INT CHECK (b > 0);",
    "CREATE TEMP TABLE n (a INT); ALTER TABLE n ADD COLUMN b INT CHECK (b > 0);",
    'ALTER TABLE "Order" ADD COLUMN "amount" INTEGER CHECK ("amount" > 0) NOT ENFORCED;',
    'ALTER TABLE "Order" ADD COLUMN IF NOT EXISTS "id" TEXT CHECK ("id" <> \'\');',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in added_columns(context):
        for _ in constraints_beside(action, ConstraintKind.CHECK):
            yield Hit(
                f"Every row of {shown(action.table)} is tested for {action.column.name}; reads and "
                "writes wait until that is done.",
                about=action,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return constrained_after(statement, context, CHECK)
