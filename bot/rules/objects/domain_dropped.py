"""Dropping a domain breaks the queries that cast to it.

From this moment on the running version cannot name it any more, and with CASCADE the columns that
have it as their type are deleted too.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.objects.lifecycle import dropped
from bot.sql.actions import DropObjects

SEVERITY = Severity.WARNING

ABOUT = (DropObjects,)

FIX = "Give its columns a plain type first, and drop the domain a release later, without CASCADE."

BEFORE = """
CREATE DOMAIN "Email" AS TEXT CHECK (VALUE LIKE '%@%');
"""

BAD = """
DROP DOMAIN "Email";
"""

GOOD = """
COMMENT ON DOMAIN "Email" IS 'unused since 2.1, to be dropped with 2.2';
"""

QUIET = [
    "CREATE DOMAIN d AS TEXT; DROP DOMAIN d;",
    'DROP DOMAIN "Email"; CREATE DOMAIN "Email" AS TEXT;',
    'ALTER DOMAIN "Email" RENAME TO "Old"; CREATE DOMAIN "Email" AS TEXT; DROP DOMAIN "Old";',
]


def check(statement: Statement, context: Context) -> Hits:
    for name in dropped(context, "DOMAIN"):
        yield Hit(
            f"Columns and casts that use the domain {shown(name)} break once it is dropped.",
            about=name,
        )
