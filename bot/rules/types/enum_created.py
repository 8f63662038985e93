"""An enum type can be given new values, but never be rid of one easily.

To take a value away, the type has to be built anew, and every table that uses it with it. A table
of allowed values needs one DELETE.
"""

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.types.enums import rebuilt_in
from bot.sql.actions import CreateEnum

SEVERITY = None

ABOUT = (CreateEnum,)

FIX = "Make a table of the values, and refer to it with a foreign key."

BEFORE = """
CREATE TYPE "Status" AS ENUM ('OPEN', 'DONE');
"""

BAD = """
CREATE TYPE "Colour" AS ENUM ('RED', 'GREEN');
"""

GOOD = """
CREATE TABLE "Colour" ("name" TEXT NOT NULL, CONSTRAINT "Colour_pkey" PRIMARY KEY ("name"));
"""

QUIET = [
    "ALTER TYPE \"Status\" ADD VALUE 'PAID';",
    'CREATE TYPE "Point" AS ("x" INTEGER, "y" INTEGER);',
    'CREATE TYPE "Status_new" AS ENUM (\'OPEN\'); ALTER TYPE "Status" RENAME TO "Status_old"; '
    'ALTER TYPE "Status_new" RENAME TO "Status";',
]


def check(statement: Statement, context: Context) -> Hits:
    for created in context.all(CreateEnum):
        if not context.file.baseline and created.name not in context.file.once(rebuilt_in):
            yield Hit(
                f"The values of {shown(created.name)} will be hard to take away again.",
                about=created,
            )
