"""Switching a table between logged and unlogged rewrites it; an unlogged one is emptied by a crash.

PostgreSQL writes every row and every index anew, while nobody can read or write the table. And
after a crash of the server an unlogged table has no rows at all; replicas never have any.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import CreateTable, DropObjects, TableOption

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (CreateTable, TableOption)

FIX = (
    "Create a new table of the wanted kind and copy the rows over in batches, or do it in a "
    "maintenance window."
)

BEFORE = """
CREATE TABLE "Session" ("id" TEXT NOT NULL, CONSTRAINT "Session_pkey" PRIMARY KEY ("id"));
"""

BAD = """
ALTER TABLE "Session" SET UNLOGGED;
"""

GOOD = """
CREATE TABLE "SessionNew" ("id" TEXT NOT NULL, CONSTRAINT "SessionNew_pkey" PRIMARY KEY ("id"));
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n SET UNLOGGED;",
    "CREATE UNLOGGED TABLE n (a INT); DROP TABLE n;",
    "CREATE UNLOGGED TABLE n (a INT); ALTER TABLE n SET LOGGED;",
    "CREATE TEMP TABLE n (a INT);",
    "ALTER SEQUENCE ids SET LOGGED;",
]


def check(statement: Statement, context: Context) -> Hits:
    if statement.tree.get("objtype") == "OBJECT_SEQUENCE":
        return
    for option in context.all(TableOption):
        switches = option.command in ("AT_SetLogged", "AT_SetUnLogged")
        if switches and not context.is_new(option.table):
            crash = ", and a crash of the server empties it from then on"
            yield Hit(
                f"All of {shown(option.table)} is rewritten while reads and writes wait"
                f"{crash if option.command == 'AT_SetUnLogged' else ''}.",
                about=option,
            )
    for created in context.all(CreateTable):
        if created.unlogged and not context.file.baseline and not _passes(created.table, context):
            yield Hit(
                f"A crash of the server empties {shown(created.table)}.",
                fix="Leave UNLOGGED out, unless losing all its rows is fine.",
                severity=Severity.WARNING,
                about=created,
            )


def _passes(table: str, context: Context) -> bool:
    """Whether it is dropped again, or made a logged one, in the same file."""
    drops = context.later.all(DropObjects, about=table)
    options = context.later.all(TableOption, about=table)
    return any(table in each.names for each in drops) or any(
        each.table == table and each.command == "AT_SetLogged" for each in options
    )
