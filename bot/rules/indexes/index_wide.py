"""An index of more than three columns costs more than it gives.

Queries rarely get past its first columns, while every INSERT and many an UPDATE has to maintain it,
and it takes room in memory that other data could use.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreateIndex

SEVERITY = Severity.NOTICE

ABOUT = (CreateIndex,)

FIX = (
    "Keep the columns that choose rows, those that narrow down most first; what is only read along "
    "belongs into INCLUDE."
)

BEFORE = """
CREATE TABLE "Order" ("id" INT, "a" INT, "b" INT, "c" INT, "d" INT);
"""

BAD = """
CREATE INDEX CONCURRENTLY "Order_a_b_c_d_idx" ON "Order"("a", "b", "c", "d");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Order_a_b_idx" ON "Order"("a", "b") INCLUDE ("c", "d");
"""

QUIET = [
    'CREATE UNIQUE INDEX i ON "Order"("a", "b", "c", "d");',
    'CREATE INDEX i ON "Order"("a", "b", "c");',
    'CREATE INDEX i ON "Order"("a", "b", "c") INCLUDE ("d");',
    'CREATE INDEX i ON "Order" USING brin ("a", "b", "c", "d");',
    "CREATE TEMP TABLE n (a INT, b INT, c INT, d INT); CREATE INDEX i ON n (a, b, c, d);",
]

_MOST = 3


def check(statement: Statement, context: Context) -> Hits:
    for index in context.all(CreateIndex):
        table = context.catalogue.tables.get(index.table)
        passing = context.file.baseline or (table is not None and table.temporary)
        wide = len(index.columns) > _MOST and not index.unique and index.method == "btree"
        if wide and not passing:
            name = shown(index.name) or "The index"
            yield Hit(
                f"{name} has {len(index.columns)} columns; more than {_MOST} are rarely of use.",
                about=index,
            )
