"""Dropping a view breaks whoever reads it.

Queries of the running version that name the view fail from this moment on, and so do reports and
other programs that read it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.objects.lifecycle import dropped
from bot.sql.actions import DropObjects

SEVERITY = Severity.WARNING

ABOUT = (DropObjects,)

FIX = (
    "Change it with CREATE OR REPLACE VIEW where its columns stay; or drop it in the release after "
    "the one that stopped reading it."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" TEXT);
CREATE VIEW "People" AS SELECT "id" FROM "User";
CREATE MATERIALIZED VIEW "Totals" AS SELECT count(*) FROM "User";
"""

BAD = """
DROP VIEW "People";
"""

GOOD = """
CREATE OR REPLACE VIEW "People" AS SELECT "id", "name" FROM "User";
"""

QUIET = [
    'DROP VIEW "People"; CREATE VIEW "People" AS SELECT "name" FROM "User";',
    'DROP MATERIALIZED VIEW "Totals"; CREATE MATERIALIZED VIEW "Totals" AS SELECT 1 AS n;',
    'DROP VIEW "People"; CREATE TABLE "People" (id TEXT PRIMARY KEY);',
    "CREATE VIEW v AS SELECT 1 AS a; DROP VIEW v;",
]


def check(statement: Statement, context: Context) -> Hits:
    for name in dropped(context, "VIEW", "MATERIALIZED VIEW"):
        yield Hit(
            f"Everything that reads the view {shown(name)} fails once it is dropped.", about=name
        )
