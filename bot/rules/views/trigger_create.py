"""A new trigger stops writes to its table for a moment, and slows each one down from then on.

Creating it waits for every running write and holds up those that come after. Then its function runs
with each row that is written, inside the application's own transaction: if it is slow or fails, so
is or does the request.
"""

import re

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import CreateFunction, CreateTrigger
from bot.sql.lexer import code_of

SEVERITY = Severity.WARNING
SIZED = Sized.WAIT

ABOUT = (CreateTrigger,)

FIX = (
    "Keep the function to a few assignments, without queries; if it keeps an old and a new column "
    "in step, drop it with the old one. Allow this with what the trigger is for."
)

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER, "sum" INTEGER);
CREATE FUNCTION "audit"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO "Log" SELECT NEW."id"; RETURN NEW; END $$;
"""

BAD = """
CREATE TRIGGER "audit_order" AFTER UPDATE ON "Order" FOR EACH ROW EXECUTE FUNCTION "audit"();
"""

GOOD = """
COMMENT ON TABLE "Order" IS 'changes are logged by the application';
"""

QUIET = [
    "CREATE TABLE n (a INT); "
    'CREATE TRIGGER t AFTER INSERT ON n FOR EACH ROW EXECUTE FUNCTION "audit"();',
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
    '$$ BEGIN NEW."sum" := NEW."total"; RETURN NEW; END $$; '
    'CREATE TRIGGER t BEFORE UPDATE ON "Order" FOR EACH ROW EXECUTE FUNCTION f();',
    'DROP TRIGGER "t" ON "Order";',
    "CREATE TEMP TABLE s (a INT); "
    'CREATE TRIGGER t AFTER INSERT ON s FOR EACH ROW EXECUTE FUNCTION "audit"();',
]

_QUERIES = re.compile(
    r"\b(select|insert|update|delete|merge|perform|execute|call|raise|loop|notify|pg_notify)\b",
    re.IGNORECASE,
)


def check(statement: Statement, context: Context) -> Hits:
    for trigger in context.all(CreateTrigger):
        if not context.is_new(trigger.table) and not _only_assigns(trigger.function, context):
            yield Hit(
                f"Writes to {shown(trigger.table)} wait while the trigger is created, and each one "
                f"runs {shown(trigger.function)} from then on.",
                about=trigger,
            )


def _only_assigns(function: str, context: Context) -> bool:
    """Whether the function was written above and keeps columns in step, without any query."""
    bodies = [
        each.body
        for each in context.earlier.all(CreateFunction, about=function)
        if each.name == function
    ]
    return bool(bodies) and not _QUERIES.search(code_of(bodies[-1])) and ":=" in bodies[-1]
