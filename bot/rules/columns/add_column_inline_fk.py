"""A foreign key beside a new column blocks two tables at once.

ADD COLUMN shuts out reads and writes of its own table, and the foreign key holds up writes to the
other one until the migration commits. If the column has a default, every row is looked up in the
other table before that.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.columns import constrained_after
from bot.rewriting.constraints import FOREIGN
from bot.rules.columns.additions import added_columns, constraints_beside
from bot.sql.actions import AddColumn
from bot.sql.values import ConstraintKind

SEVERITY = Severity.WARNING
SIZED = Sized.WORK

ABOUT = (AddColumn,)

FIX = (
    "Add the column alone, then the foreign key with ADD CONSTRAINT … NOT VALID in a migration "
    "folder of its own, and VALIDATE CONSTRAINT in a later one."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Order" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "Order" ADD COLUMN "userId" TEXT REFERENCES "User"("id") ON DELETE SET NULL;
"""

GOOD = """
ALTER TABLE "Order" ADD COLUMN "userId" TEXT;
"""

QUIET = [
    'CREATE TABLE n (u TEXT REFERENCES "User"("id"));',
    'CREATE TABLE n (a INT); ALTER TABLE n ADD COLUMN u TEXT REFERENCES "User"("id");',
    'ALTER TABLE "Order" ADD COLUMN IF NOT EXISTS "id" TEXT REFERENCES "User"("id");',
    'ALTER TABLE "Order" ADD FOREIGN KEY ("id") REFERENCES "User"("id") NOT VALID;',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in added_columns(context):
        for constraint in constraints_beside(action, ConstraintKind.FOREIGN_KEY):
            table, other = shown(action.table), shown(constraint.references or "")
            if _filled(action):
                yield Hit(
                    f"Every row of {table} is looked up in {other} for {action.column.name}; "
                    f"until that is done, {table} cannot be used and {other} not be written to.",
                    about=constraint,
                )
            else:
                yield Hit(
                    f"While {action.column.name} is added, {table} cannot be used, and writes to "
                    f"{other} wait too.",
                    about=constraint,
                )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return constrained_after(statement, context, FOREIGN)


def _filled(action: AddColumn) -> bool:
    default = action.column.default
    return default is not None and default.constant != "null"
