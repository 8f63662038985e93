"""Dropping an extension takes its types, functions and indexes along.

Whatever the application uses of it fails at once, and bringing the extension back may need rights
that neither the migration nor its author has.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import DropObjects

SEVERITY = Severity.ERROR

ABOUT = (DropObjects,)

FIX = "Remove what uses it first, and have it dropped where the database is set up."

BEFORE = """
CREATE EXTENSION "citext";
"""

BAD = """
DROP EXTENSION "citext";
"""

GOOD = """
COMMENT ON EXTENSION "citext" IS 'unused since 2.1';
"""

QUIET = [
    "CREATE EXTENSION IF NOT EXISTS citext;",
    "ALTER EXTENSION citext UPDATE;",
    "CREATE SCHEMA citext; DROP SCHEMA citext;",
]


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind == "EXTENSION" else ():
            yield Hit(f"The types, functions and operators of {name} go with it.", about=name)
