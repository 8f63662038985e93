"""Renaming an enum value breaks the version of the application that is running.

It goes on writing and asking for the old label, and every such query fails from the moment the
migration commits until the new version has replaced it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.types.enums import is_new_type
from bot.sql.actions import RenameEnumValue

SEVERITY = Severity.ERROR

ABOUT = (RenameEnumValue,)

FIX = (
    "Add the new value in one migration, let the next release write it and read both, then change "
    "the rows that hold the old one; or keep the value and map its name with @map."
)

BEFORE = """
CREATE TYPE "Status" AS ENUM ('OPEN', 'DONE');
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "status" "Status");
"""

BAD = """
ALTER TYPE "Status" RENAME VALUE 'DONE' TO 'CLOSED';
"""

GOOD = """
COMMENT ON TYPE "Status" IS 'DONE is shown as closed';
"""

QUIET = [
    "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e RENAME VALUE 'a' TO 'b';",
    "ALTER TYPE \"Status\" ADD VALUE 'CLOSED';",
    'ALTER TYPE "Status" RENAME TO "OrderStatus";',
    "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e RENAME TO f; ALTER TYPE f RENAME VALUE 'a' TO 'b';",
]


def check(statement: Statement, context: Context) -> Hits:
    for renamed in context.all(RenameEnumValue):
        if not is_new_type(renamed.name, context):
            yield Hit(
                f"The running version still writes '{renamed.old}' of {shown(renamed.name)}, "
                "and fails as soon as it is renamed.",
                about=renamed,
            )
