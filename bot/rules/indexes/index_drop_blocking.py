"""Dropping an index without CONCURRENTLY stops its table for a moment that can become long.

The drop itself is quick, but it waits for every running query on the table, and everything that
comes after waits behind it: one slow report is enough to stall all reads and writes.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.indexes import dropped_concurrently
from bot.sql.actions import CreateIndex, DropObjects

SEVERITY = Severity.WARNING
SIZED = Sized.WAIT

ABOUT = (DropObjects,)

FIX = "Drop it with DROP INDEX CONCURRENTLY, alone in its own migration folder."

BEFORE = """
CREATE TABLE "Order" ("id" INT, "userId" INT);
CREATE INDEX "Order_userId_idx" ON "Order"("userId");
CREATE TABLE "Log" ("at" TIMESTAMP(3)) PARTITION BY RANGE ("at");
CREATE INDEX "Log_at_idx" ON "Log"("at");
"""

BAD = """
DROP INDEX "Order_userId_idx";
"""

GOOD = """
DROP INDEX CONCURRENTLY "Order_userId_idx";
"""

QUIET = [
    "CREATE TABLE n (id INT); CREATE INDEX n_i ON n (id); DROP INDEX n_i;",
    'CREATE INDEX CONCURRENTLY "i" ON "Order"("id"); DROP INDEX "i";',
    'DROP INDEX "Order_userId_idx"; DROP TABLE "Order";',
    'DROP INDEX "Log_at_idx";',
]


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropObjects):
        if drop.kind != "INDEX" or drop.concurrently:
            continue
        for name in drop.names:
            if not _harmless(name, context):
                yield Hit(_message(name, context), about=name)


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return dropped_concurrently(statement, context)


def _harmless(name: str, context: Context) -> bool:
    index = context.catalogue.indexes.get(name)
    if any(True for _ in context.earlier.all(CreateIndex, about=name)):
        return True
    if index is None:
        return False
    table = context.catalogue.tables.get(index.table)
    drops = context.later.all(DropObjects, about=index.table)
    dropped = (each.names for each in drops if each.kind == "TABLE")
    partitioned = table is not None and table.partitioned
    return context.is_new(index.table) or partitioned or any(index.table in it for it in dropped)


def _message(name: str, context: Context) -> str:
    index = context.catalogue.indexes.get(name)
    of = shown(index.table) if index else "its table"
    return f"Dropping the index {shown(name)} waits for, and then blocks, every query on {of}."
