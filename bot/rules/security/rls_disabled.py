"""Without row level security every role that may read the table reads all of it.

The policies stay where they are and do nothing: each customer may see the rows of all others from
the moment the migration commits. The statement also waits for every query on the table.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import TableOption

SEVERITY = Severity.ERROR

ABOUT = (TableOption,)

FIX = "Leave row level security on, and change the policies to what is wanted."

BEFORE = """
CREATE TABLE "Invoice" ("id" TEXT NOT NULL);
CREATE POLICY own ON "Invoice" USING ("id" = current_user);
ALTER TABLE "Invoice" ENABLE ROW LEVEL SECURITY;
"""

BAD = """
ALTER TABLE "Invoice" DISABLE ROW LEVEL SECURITY;
"""

GOOD = """
ALTER TABLE "Invoice" ENABLE ROW LEVEL SECURITY;
"""

QUIET = [
    "CREATE TABLE n (id INT); ALTER TABLE n DISABLE ROW LEVEL SECURITY;",
    'ALTER TABLE "Invoice" FORCE ROW LEVEL SECURITY;',
    'ALTER TABLE "Invoice" DISABLE ROW LEVEL SECURITY; UPDATE "Invoice" SET "id" = \'1\' '
    'WHERE "id" = \'2\'; ALTER TABLE "Invoice" ENABLE ROW LEVEL SECURITY;',
    'ALTER TABLE "Invoice" DISABLE TRIGGER USER;',
]

# What is taken away, and what would bring it back.
_OPPOSITES = {
    "AT_DisableRowSecurity": "AT_EnableRowSecurity",
    "AT_NoForceRowSecurity": "AT_ForceRowSecurity",
}


def check(statement: Statement, context: Context) -> Hits:
    for option in context.all(TableOption):
        back = _OPPOSITES.get(option.command)
        if back is None or context.is_new(option.table) or _restored(option.table, back, context):
            continue
        table = shown(option.table)
        if option.command == "AT_DisableRowSecurity":
            yield Hit(
                f"Every row of {table} is open to every role that may read or write the table.",
                about=option,
            )
        else:
            yield Hit(
                f"The policies of {table} no longer hold for its owner, who sees every row.",
                about=option,
            )


def _restored(table: str, command: str, context: Context) -> bool:
    """Whether nobody sees it off: it is on again before the transaction commits."""
    return any(
        each.table == table and each.command == command
        for each in context.same_transaction(context.later).all(TableOption, about=table)
    )
