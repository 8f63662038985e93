"""Dropping a schema takes everything in it along.

Every table, view and function of the schema is gone with its data, and every query of the running
version that names one of them fails.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rules.objects.lifecycle import dropped
from bot.sql.actions import DropObjects

SEVERITY = Severity.ERROR

ABOUT = (DropObjects,)

FIX = (
    "Move or drop what is in it piece by piece, in releases that no longer use it, and the empty "
    "schema last, without CASCADE."
)

BEFORE = """
CREATE SCHEMA "audit";
"""

BAD = """
DROP SCHEMA "audit";
"""

GOOD = """
COMMENT ON SCHEMA "audit" IS 'unused since 2.1, to be dropped with 2.2';
"""

QUIET = [
    "CREATE SCHEMA s; DROP SCHEMA s;",
    "CREATE SCHEMA s; ALTER SCHEMA s RENAME TO t; DROP SCHEMA t CASCADE;",
    'DROP TABLE IF EXISTS "audit"."Log";',
    'GRANT USAGE ON SCHEMA "audit" TO app;',
]


def check(statement: Statement, context: Context) -> Hits:
    for name in dropped(context, "SCHEMA"):
        yield Hit(f"The schema {name} goes, and queries that name anything in it fail.", about=name)
