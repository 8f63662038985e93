"""Dropping a table deletes its data and breaks the version of the application that is running.

The rows are gone at once, and every query of the old version that names the table fails until it is
replaced. Tables it refers to are locked for a moment too.
"""

from bot.core.finding import Severity
from bot.core.rule import Hit, Hits
from bot.core.sized import Sized
from bot.core.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import DropObjects

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (DropObjects,)

FIX = (
    "Release a version that no longer uses the table first; drop it in a later release, after a "
    "backup of its rows."
)

BEFORE = """
CREATE TABLE "Session" ("id" TEXT NOT NULL);
"""

BAD = """
DROP TABLE "Session";
"""

GOOD = """
COMMENT ON TABLE "Session" IS 'unused since 2.1, to be dropped with 2.2';
"""

QUIET = [
    "CREATE TABLE n (a INT); DROP TABLE n;",
    "CREATE TEMP TABLE n AS SELECT 1 AS a; DROP TABLE n;",
    "CREATE TABLE n (a INT); ALTER TABLE n RENAME TO m; DROP TABLE m;",
    "DROP VIEW v;",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(DropObjects):
        for name in action.names if action.kind in ("TABLE", "FOREIGN TABLE") else ():
            if not context.is_new(name):
                yield Hit(
                    f"{shown(name)} and all its rows are deleted, and queries of the running "
                    "version that name it fail.",
                    about=name,
                )
