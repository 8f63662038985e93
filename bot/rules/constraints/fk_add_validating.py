"""Adding a foreign key checks every row while both tables refuse writes.

PostgreSQL looks up each row of the table in the other one, and until it has finished, nobody can
insert, update or delete in either. Users see requests that hang; reads go on.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.constraints import FOREIGN, validated_later
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
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Order" ("id" TEXT NOT NULL, "userId" TEXT);
CREATE INDEX "Order_userId_idx" ON "Order"("userId");
"""

BAD = """
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
"""

GOOD = """
SET lock_timeout = '2s';
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
"""

QUIET = [
    'CREATE TABLE n (u TEXT); ALTER TABLE n ADD FOREIGN KEY (u) REFERENCES "User"(id);',
    'CREATE TABLE n (u TEXT REFERENCES "User"(id));',
    'ALTER TABLE "Order" VALIDATE CONSTRAINT "Order_userId_fkey";',
    'ALTER TABLE "Order" ADD FOREIGN KEY ("userId") REFERENCES "User"("id") NOT ENFORCED;',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.kind is not ConstraintKind.FOREIGN_KEY or context.is_new(action.table):
            continue
        if constraint.validated and constraint.enforced:
            yield Hit(
                f"Writes to {shown(action.table)} and {shown(constraint.references or '')} wait "
                f"until every row of {shown(action.table)} is checked.",
                about=action,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return validated_later(statement, context, FOREIGN)
