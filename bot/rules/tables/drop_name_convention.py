"""A table is renamed to say that it is to go, before it is dropped.

Where this is the agreed way, whoever still uses the table notices while it can be renamed back. The
names agreed on end in `_old`, `_deprecated`, `_unused` or `_del`, or begin with `_deprecated_`.
"""

import re

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import DropObjects

SEVERITY: Severity | None = None

FIX = "Rename it to …_old in this release, with a view of its old name, and drop it in the next."

BEFORE = """
CREATE TABLE "Session" ("id" TEXT NOT NULL, CONSTRAINT "Session_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Visit_old" ("id" TEXT NOT NULL, CONSTRAINT "Visit_old_pkey" PRIMARY KEY ("id"));
"""

BAD = """
DROP TABLE "Session";
"""

GOOD = """
BEGIN;
ALTER TABLE "Session" RENAME TO "Session_old";
CREATE VIEW "Session" AS SELECT "id" FROM "Session_old";
COMMIT;
"""

QUIET = [
    'DROP TABLE "Visit_old";',
    "DROP TABLE IF EXISTS _deprecated_visit;",
    "CREATE TABLE n (a INT); DROP TABLE n;",
    "DROP VIEW v;",
]

_AGREED = re.compile(r"(?i)_(old|deprecated|unused|del)$|^_?deprecated_")


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind == "TABLE" else ():
            if not context.is_new(name) and not _AGREED.search(name.partition(".")[2]):
                yield Hit(
                    f"{shown(name)} is dropped under a name that does not say it was to go.",
                    about=name,
                )
