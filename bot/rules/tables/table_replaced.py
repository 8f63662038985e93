"""Replacing a table by another of the same name loses its rows, or stops it while they are copied.

A table that is dropped and created again is empty. One that is copied first is locked until the
copy is done, and what is written meanwhile, or what the copy forgets (rights, triggers, policies,
comments), is lost.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import comes_back
from bot.sql.actions import CreateView, DropObjects

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (DropObjects,)

FIX = "Change the table in place, with ALTER TABLE for each difference."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
"""

BAD = """
DROP TABLE "User";
CREATE TABLE "User" (
    "id" TEXT NOT NULL, "name" TEXT, CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "name" TEXT;
"""

QUIET = [
    'DROP TABLE "User";',
    'DROP TABLE "User"; CREATE VIEW "User" AS SELECT 1 AS "id";',
    "CREATE TABLE n (a INT); DROP TABLE n; CREATE TABLE n (b INT);",
    'DROP TABLE "User"; CREATE TABLE "Account" (id TEXT PRIMARY KEY);',
    'ALTER TABLE "User" RENAME TO "Account"; CREATE TABLE "User" (id TEXT PRIMARY KEY);',
]


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind == "TABLE" else ():
            back = comes_back(context, key_of(drop.kind, name))
            if back and not context.is_new(name) and not _viewed(name, context):
                yield Hit(
                    f"{shown(name)} is dropped, and a new table takes its name and its place.",
                    about=name,
                )


def _viewed(table: str, context: Context) -> bool:
    return any(view.name == table for view in context.later.all(CreateView, about=table))
