"""A running Prisma Client fails when it reads an enum value that it does not know.

The value is unknown to every instance that was built before. As soon as one new instance writes it,
the old ones throw an error on each row that holds it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.types.enums import is_new_type
from bot.sql.actions import AddEnumValue

SEVERITY = Severity.NOTICE

ABOUT = (AddEnumValue,)

FIX = (
    "Release a version that can read the value everywhere first, and write it only from the "
    "release after that."
)

BEFORE = """
CREATE TYPE "Status" AS ENUM ('OPEN', 'DONE');
"""

BAD = """
ALTER TYPE "Status" ADD VALUE 'PAID';
"""

GOOD = """
CREATE TYPE "Payment" AS ENUM ('PAID', 'UNPAID');
"""

QUIET = [
    "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e ADD VALUE 'b';",
    "ALTER TYPE \"Status\" ADD VALUE IF NOT EXISTS 'DONE';",
    "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e RENAME TO f; ALTER TYPE f ADD VALUE 'b';",
]


def check(statement: Statement, context: Context) -> Hits:
    for added in context.all(AddEnumValue):
        known = context.catalogue.enums.get(added.name)
        if is_new_type(added.name, context) or (known and added.value in known.values):
            continue
        yield Hit(
            f"Instances of the old version fail on rows that hold '{added.value}' of "
            f"{shown(added.name)}, until all are replaced.",
            about=added,
        )
