"""A constraint that is checked at another moment fails at another place in the code.

What is deferred fails at COMMIT instead of at the statement, and the other way round. The old
version of the application, which still runs, expects it where it was. The change also locks the
table completely for a moment.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import AlterConstraint

SEVERITY = Severity.NOTICE

ABOUT = (AlterConstraint,)

FIX = "Release a version that can handle the error at either moment first, then change it."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Order" ("id" TEXT NOT NULL, "userId" TEXT UNIQUE);
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey"
    FOREIGN KEY ("userId") REFERENCES "User"("id");
"""

BAD = """
ALTER TABLE "Order" ALTER CONSTRAINT "Order_userId_fkey" DEFERRABLE INITIALLY DEFERRED;
"""

GOOD = """
CREATE TABLE "Invoice" ("id" TEXT NOT NULL PRIMARY KEY);
CREATE TABLE "InvoiceLine" (
    "id" TEXT NOT NULL PRIMARY KEY REFERENCES "Invoice"("id") ON DELETE RESTRICT DEFERRABLE
);
"""

QUIET = [
    "CREATE TABLE n (a INT PRIMARY KEY, b INT CONSTRAINT f REFERENCES n(a)); "
    "ALTER TABLE n ALTER CONSTRAINT f DEFERRABLE;",
    'ALTER TABLE "Order" ALTER CONSTRAINT "Order_userId_fkey" NOT ENFORCED;',
    'ALTER TABLE "Order" ALTER CONSTRAINT "Order_userId_fkey" NOT DEFERRABLE;',
    "SET CONSTRAINTS ALL DEFERRED;",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AlterConstraint):
        if action.deferrable is None or context.is_new(action.table):
            continue
        found = context.catalogue.constraint(action.table, action.name)
        if action.deferrable or found is None or found.deferrable:
            yield Hit(
                f"What breaks {action.name} of {shown(action.table)} fails at another moment than "
                "the running version expects.",
                about=action,
            )
