"""Switching triggers off lets wrong rows in without a word.

Whatever the triggers keep in order is no longer kept, by anybody's write, foreign keys included if
all of them are off. Writes to the table wait for the moment of switching, and nothing checks the
rows afterwards.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.timeline import Step
from bot.sql.actions import SetVariable, TableOption

SEVERITY = Severity.WARNING

ABOUT = (TableOption, SetVariable)

FIX = (
    "Leave the triggers on and change the rows in small batches; or let the trigger's function "
    "pass over the rows of the batch."
)

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER);
"""

BAD = """
ALTER TABLE "Order" DISABLE TRIGGER ALL;
UPDATE "Order" SET "total" = 0 WHERE "id" = 1;
ALTER TABLE "Order" ENABLE TRIGGER ALL;
"""

GOOD = """
UPDATE "Order" SET "total" = 0 WHERE "id" = 1;
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n DISABLE TRIGGER ALL;",
    'ALTER TABLE "Order" ENABLE ROW LEVEL SECURITY;',
    "SET session_replication_role = 'origin';",
    "RESET session_replication_role;",
]

_TOGGLES = ("AT_EnableTrig", "AT_EnableAlways", "AT_EnableReplica", "AT_DisableTrig")
_RULES = ("AT_EnableRule", "AT_DisableRule")


def check(statement: Statement, context: Context) -> Hits:
    for table in _switched(context.step):
        steps = context.earlier.steps_with(TableOption, about=table)
        if not context.is_new(table) and not any(table in _switched(each) for each in steps):
            yield f"Triggers of {shown(table)} are switched, for everybody who writes to it."
    for variable in context.all(SetVariable):
        if variable.name == "session_replication_role" and variable.value == "replica":
            yield "No trigger and no foreign key is looked at for the rest of the session."


def _switched(step: Step) -> list[str]:
    options = step.all(TableOption)
    return [each.table for each in options if each.command.startswith((*_TOGGLES, *_RULES))]
