"""Changing what a table inherits from makes rows appear in, or vanish from, another table.

Queries on the parent read the rows of its children too: without an error anywhere, they return more
or fewer rows from this moment on. Nobody can use the child meanwhile.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import TableOption

SEVERITY = Severity.WARNING

ABOUT = (TableOption,)

FIX = (
    "Use partitions, which are attached and detached without such surprises; or change the queries "
    "on the parent first."
)

BEFORE = """
CREATE TABLE "Log" ("id" BIGINT NOT NULL, CONSTRAINT "Log_pkey" PRIMARY KEY ("id"));
CREATE TABLE "OldLog" ("id" BIGINT NOT NULL, CONSTRAINT "OldLog_pkey" PRIMARY KEY ("id"));
"""

BAD = """
ALTER TABLE "OldLog" INHERIT "Log";
"""

GOOD = """
CREATE VIEW "AllLogs" AS SELECT "id" FROM "Log" UNION ALL SELECT "id" FROM "OldLog";
"""

QUIET = [
    'CREATE TABLE n (id BIGINT); ALTER TABLE n INHERIT "Log";',
    'CREATE TABLE n () INHERITS ("Log");',
    'CREATE TABLE n () INHERITS ("Log"); ALTER TABLE n NO INHERIT "Log";',
]

_COMMANDS = {"AT_AddInherit": "also return", "AT_DropInherit": "no longer return"}


def check(statement: Statement, context: Context) -> Hits:
    for option in context.all(TableOption):
        change = _COMMANDS.get(option.command)
        if change and not context.is_new(option.table):
            yield Hit(
                f"Queries on the parent table {change} the rows of {shown(option.table)}.",
                about=option,
            )
