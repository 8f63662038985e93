"""Refreshing a materialized view without CONCURRENTLY blocks everybody who reads it.

The view is locked until its query has run and the result is stored. Pages that show it hang for as
long as that takes.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.moving import refreshed_concurrently
from bot.sql.actions import RefreshView

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (RefreshView,)

FIX = (
    "Use REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view; better "
    "still, refresh it from a job and not from a migration."
)

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER);
CREATE MATERIALIZED VIEW "Sales" AS SELECT "id", "total" FROM "Order";
"""

BAD = """
REFRESH MATERIALIZED VIEW "Sales";
"""

GOOD = """
COMMENT ON MATERIALIZED VIEW "Sales" IS 'refreshed every hour by a job';
"""

QUIET = [
    'REFRESH MATERIALIZED VIEW CONCURRENTLY "Sales";',
    'REFRESH MATERIALIZED VIEW "Sales" WITH NO DATA;',
    'CREATE MATERIALIZED VIEW m AS SELECT "id" FROM "Order" WITH NO DATA; '
    "REFRESH MATERIALIZED VIEW m;",
]


def check(statement: Statement, context: Context) -> Hits:
    for refresh in context.all(RefreshView):
        if refresh.concurrently or not refresh.with_data or context.is_new(refresh.name):
            continue
        yield Hit(f"Nobody can read {shown(refresh.name)} until it is filled again.", about=refresh)


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return refreshed_concurrently(statement, context)
