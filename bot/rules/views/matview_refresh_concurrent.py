"""Filling a materialized view in a migration makes the deployment wait for a query.

The transaction stays open until the query has run: locks taken before it are held meanwhile, and
dead rows cannot be cleared away anywhere. Refreshing with CONCURRENTLY lets readers go on, but not
a second refresh.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import CreateView, RefreshView

SEVERITY = Severity.NOTICE

ABOUT = (CreateView, RefreshView)

FIX = "Create the view WITH NO DATA, and fill and refresh it from a job."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER);
CREATE MATERIALIZED VIEW "Sales" AS SELECT "id", "total" FROM "Order" WITH NO DATA;
"""

BAD = """
REFRESH MATERIALIZED VIEW CONCURRENTLY "Sales";
"""

GOOD = """
CREATE MATERIALIZED VIEW "Totals" AS SELECT "total" FROM "Order" WITH NO DATA;
"""

QUIET = [
    "CREATE TABLE n (a INT); CREATE MATERIALIZED VIEW m AS SELECT a FROM n;",
    'REFRESH MATERIALIZED VIEW "Sales";',
    "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;",
    'CREATE VIEW v AS SELECT "id" FROM "Order";',
]


def check(statement: Statement, context: Context) -> Hits:
    for refresh in context.all(RefreshView):
        if refresh.concurrently and not context.is_new(refresh.name):
            yield Hit(
                f"The deployment waits until {shown(refresh.name)} is filled again.", about=refresh
            )
    for view in context.all(CreateView):
        filled = view.materialized and view.with_data
        if filled and any(not context.is_new(each) for each in view.reads):
            yield Hit(f"The deployment waits until {shown(view.name)} is filled.", about=view)
