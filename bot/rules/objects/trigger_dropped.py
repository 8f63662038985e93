"""Dropping a trigger stops what it did, in silence.

Nothing fails: rows are no longer checked, stamped or copied, and it shows up as wrong data much
later. The drop also waits for every running query on the table, and blocks those that follow.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import comes_back, is_new
from bot.sql.actions import DropObjects

SEVERITY = Severity.WARNING

ABOUT = (DropObjects,)

FIX = (
    "Change it with CREATE OR REPLACE TRIGGER (PostgreSQL 14 or newer), or drop it and create it "
    "anew in one transaction; drop it for good once nothing relies on it."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
CREATE FUNCTION "stamp"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER "stamp_user" BEFORE UPDATE ON "User" FOR EACH ROW EXECUTE FUNCTION "stamp"();
"""

BAD = """
DROP TRIGGER "stamp_user" ON "User";
"""

GOOD = """
CREATE OR REPLACE FUNCTION "stamp"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
"""

QUIET = [
    'DROP TRIGGER "stamp_user" ON "User"; CREATE TRIGGER "stamp_user" BEFORE INSERT ON "User" '
    'FOR EACH ROW EXECUTE FUNCTION "stamp"();',
    'DROP TRIGGER "stamp_user" ON "User"; DROP TABLE "User";',
    'CREATE TRIGGER t BEFORE INSERT ON "User" EXECUTE FUNCTION "stamp"(); '
    'DROP TRIGGER t ON "User";',
    "CREATE TABLE n (a INT); DROP TRIGGER IF EXISTS t ON n;",
]


def check(statement: Statement, context: Context) -> Hits:
    for drop in context.all(DropObjects):
        if drop.kind != "TRIGGER" or context.is_new(drop.relation):
            continue
        for name in drop.names:
            key = key_of(drop.kind, name, drop.relation)
            gone = is_new(context, key) or _table_goes(drop.relation, context)
            if not gone and not comes_back(context, key):
                yield Hit(
                    f"{shown(drop.relation)} no longer does what the trigger {name} did for it.",
                    about=name,
                )


def _table_goes(table: str, context: Context) -> bool:
    drops = context.later.all(DropObjects, about=table)
    return any(table in each.names for each in drops if each.kind == "TABLE")
