"""Moving something to another schema is a rename to everybody who uses it.

Queries of the running version that name it, or find it by their search path, fail from this moment
on.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import comes_back, is_new
from bot.sql.actions import SetSchema

SEVERITY = Severity.ERROR

ABOUT = (SetSchema,)

FIX = "Leave a view of the old name behind, created in the same transaction as the move."

BEFORE = """
CREATE SCHEMA "audit";
CREATE TABLE "Log" ("id" BIGINT NOT NULL, CONSTRAINT "Log_pkey" PRIMARY KEY ("id"));
"""

BAD = """
ALTER TABLE "Log" SET SCHEMA "audit";
"""

GOOD = """
BEGIN;
ALTER TABLE "Log" SET SCHEMA "audit";
CREATE VIEW "Log" AS SELECT "id" FROM "audit"."Log";
COMMIT;
"""

QUIET = [
    'CREATE TABLE n (a INT); ALTER TABLE n SET SCHEMA "audit";',
    "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e SET SCHEMA audit;",
    "CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1'; "
    "ALTER FUNCTION f() SET SCHEMA audit;",
    "SET search_path = audit;",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(SetSchema):
        key = key_of(action.kind, action.name)
        if not is_new(context, key) and not comes_back(context, key):
            yield Hit(
                f"Queries that name {shown(action.name)} fail once it is in the schema "
                f"{action.schema}.",
                about=action,
            )
