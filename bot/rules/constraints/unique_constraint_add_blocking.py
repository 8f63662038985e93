"""Adding a UNIQUE constraint builds its index while nobody can use the table.

Unlike CREATE INDEX, which lets reads through, this holds up reads and writes until the index is
built, which takes minutes on a large table.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.constraints import UNIQUE, built_apart
from bot.sql.actions import AddConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddConstraint,)

FIX = (
    "Build the index with CREATE UNIQUE INDEX CONCURRENTLY, alone in its own migration folder, and "
    "add the constraint with UNIQUE USING INDEX in the next."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
"""

BAD = """
ALTER TABLE "User" ADD CONSTRAINT "User_email_unique" UNIQUE ("email");
"""

GOOD = """
ALTER TABLE "User" ADD CONSTRAINT "User_email_key" UNIQUE USING INDEX "User_email_key";
"""

QUIET = [
    "CREATE TABLE n (a INT UNIQUE);",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD UNIQUE (a);",
    'CREATE UNIQUE INDEX CONCURRENTLY i ON "User"("id");',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.kind is not ConstraintKind.UNIQUE or constraint.using_index:
            continue
        if not context.is_new(action.table):
            columns = ", ".join(constraint.columns)
            yield Hit(
                f"All reads and writes of {shown(action.table)} wait while the index on {columns} "
                "is built.",
                about=action,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return built_apart(statement, context, UNIQUE)
