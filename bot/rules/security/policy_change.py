"""The statement changes who sees which rows of a table.

A policy that is too wide shows rows to the wrong people; one that is too narrow makes them vanish
for those who need them. Both happen to running requests, without an error. It also waits for every
query on the table.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreatePolicy, DropObjects

SEVERITY = Severity.WARNING

ABOUT = (CreatePolicy, DropObjects)

FIX = (
    "Create the new policy before the old one is dropped, in one transaction, and have somebody "
    "check who gains and who loses rows."
)

BEFORE = """
CREATE TABLE "Invoice" ("id" TEXT NOT NULL, "owner" TEXT);
CREATE POLICY own ON "Invoice" USING ("owner" = current_user);
ALTER TABLE "Invoice" ENABLE ROW LEVEL SECURITY;
"""

BAD = """
CREATE POLICY support ON "Invoice" FOR SELECT USING ("owner" = 'support');
"""

GOOD = """
CREATE TABLE "Receipt" ("id" TEXT NOT NULL PRIMARY KEY, "owner" TEXT);
CREATE POLICY "own_receipts" ON "Receipt" USING ("owner" = current_user);
ALTER TABLE "Receipt" ENABLE ROW LEVEL SECURITY;
"""

QUIET = [
    'ALTER POLICY own ON "Invoice" RENAME TO "own_invoices";',
    "CREATE TABLE n (id INT); CREATE POLICY p ON n USING (id = 1); DROP POLICY p ON n;",
    "CREATE TABLE n (id INT); CREATE POLICY p ON n FOR SELECT USING (true);",
    "CREATE TABLE n (id INT); CREATE RULE r AS ON DELETE TO n DO INSTEAD NOTHING;",
    "COMMENT ON POLICY own ON \"Invoice\" IS 'each their own';",
]


def check(statement: Statement, context: Context) -> Hits:
    for policy in context.all(CreatePolicy):
        yield from _written(policy, context)
    for drop in context.all(DropObjects):
        if drop.kind in ("POLICY", "RULE") and not context.is_new(drop.relation):
            word = drop.kind.lower()
            yield Hit(
                f"The {word} {drop.names[0]} of {shown(drop.relation)} is dropped.", about=drop
            )


def _written(policy: CreatePolicy, context: Context) -> Iterator[str]:
    table = shown(policy.table)
    if policy.everything and policy.permissive and policy.command != "select":
        yield f"{policy.name} lets everybody it is for write every row of {table}."
    elif "user_metadata" in policy.strings:
        yield f"{policy.name} goes by user_metadata, which users can change themselves."
    elif policy.rule and not context.is_new(policy.table):
        yield f"The rule {policy.name} changes what statements on {table} do."
    elif not context.is_new(policy.table):
        yield f"The policy {policy.name} changes who sees which rows of {table}."
