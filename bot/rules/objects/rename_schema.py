"""Renaming a schema breaks everything that names it.

From the moment of the rename until the last old instance is replaced, every query of the running
version that names the schema fails, and so does every search path that leads there.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import is_new
from bot.sql.actions import Rename

SEVERITY = Severity.ERROR

ABOUT = (Rename,)

FIX = (
    "Create the new schema with views of the tables, move the application over, and move the "
    "tables once nothing names the old schema."
)

BEFORE = """
CREATE SCHEMA "audit";
CREATE TABLE "audit"."Log" ("id" BIGINT NOT NULL, CONSTRAINT "Log_pkey" PRIMARY KEY ("id"));
"""

BAD = """
ALTER SCHEMA "audit" RENAME TO "records";
"""

GOOD = """
CREATE SCHEMA "records";
CREATE VIEW "records"."Log" AS SELECT "id" FROM "audit"."Log";
"""

QUIET = [
    "CREATE SCHEMA s; ALTER SCHEMA s RENAME TO t;",
    'ALTER SCHEMA "audit" OWNER TO app;',
    'ALTER TABLE "audit"."Log" RENAME TO "Logs";',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(Rename):
        if action.kind == "SCHEMA" and not is_new(context, key_of(action.kind, action.old)):
            yield Hit(
                f"Queries of the running version that name {action.old} fail once it is called "
                f"{action.new}.",
                about=action,
            )
