"""Renaming a table breaks the version of the application that is running.

From the moment of the rename until the last old instance is replaced, every query that uses the old
name fails.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreateView, Rename

SEVERITY = Severity.ERROR

ABOUT = (Rename,)

FIX = (
    "Keep the table's name and rename the model alone, with `@@map` in schema.prisma; or create a "
    "view of the old name in the same transaction."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" RENAME TO "Account";
"""

GOOD = """
BEGIN;
ALTER TABLE "User" RENAME TO "Account";
CREATE VIEW "User" AS SELECT * FROM "Account";
COMMIT;
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n RENAME TO m;",
    'ALTER TABLE "User" RENAME TO "Account"; CREATE VIEW "User" AS SELECT * FROM "Account";',
    'ALTER INDEX "User_pkey" RENAME TO "Account_pkey";',
    'ALTER TYPE "A" RENAME TO "B";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(Rename):
        if action.kind != "TABLE" or context.is_new(action.old) or _viewed(action, context):
            continue
        yield Hit(
            f"Queries of the running version that name {shown(action.old)} fail once it is called "
            f"{shown(action.new)}.",
            about=action,
        )


def _viewed(action: Rename, context: Context) -> bool:
    views = context.later.all(CreateView, about=action.old)
    return any(view.name == action.old for view in views)
