"""Row level security without a policy hides every row.

Whoever does not own the table sees it empty and cannot write to it, without any error on reading:
to the application it looks as if the data were gone.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreatePolicy, TableOption

SEVERITY = Severity.ERROR

ABOUT = (TableOption,)

FIX = "Create the policies first, then enable row level security."

BEFORE = """
CREATE TABLE "Invoice" ("id" TEXT NOT NULL, "owner" TEXT);
"""

BAD = """
ALTER TABLE "Invoice" ENABLE ROW LEVEL SECURITY;
"""

GOOD = """
CREATE TABLE "Receipt" ("id" TEXT NOT NULL PRIMARY KEY, "owner" TEXT);
CREATE POLICY "own_receipts" ON "Receipt" USING ("owner" = current_user);
ALTER TABLE "Receipt" ENABLE ROW LEVEL SECURITY;
"""

QUIET = [
    'CREATE POLICY p ON "Invoice" USING ("owner" = current_user); '
    'ALTER TABLE "Invoice" ENABLE ROW LEVEL SECURITY;',
    'ALTER TABLE "Invoice" ENABLE ROW LEVEL SECURITY; '
    'CREATE POLICY p ON "Invoice" USING ("owner" = current_user);',
    'ALTER TABLE "Invoice" DISABLE ROW LEVEL SECURITY;',
    'ALTER TABLE "Invoice" ENABLE TRIGGER USER;',
]


def check(statement: Statement, context: Context) -> Hits:
    for option in context.all(TableOption):
        if option.command != "AT_EnableRowSecurity" or _has_policy(option.table, context):
            continue
        # Nobody has seen a row of a new table yet, so nothing that works today stops working.
        new = context.is_new(option.table)
        yield Hit(
            f"{shown(option.table)} has no policy: whoever does not own it sees no rows.",
            severity=Severity.WARNING if new else None,
            about=option,
        )


def _has_policy(table: str, context: Context) -> bool:
    known = context.catalogue.tables.get(table)
    # Where it is on already, enabling it changes nothing.
    if known and (known.policies or known.row_security):
        return True
    created = context.file.everything.all(CreatePolicy, about=table)
    return any(each.table == table and not each.rule for each in created)
