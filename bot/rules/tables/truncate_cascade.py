"""TRUNCATE … CASCADE also empties every table that refers to this one.

And so are the tables that refer to those: with one more word, rows of tables that the migration
never names are gone, possibly others in production than on the author's machine.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import Truncate

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (Truncate,)

FIX = "Leave CASCADE out and name every table that is to be emptied; better, delete in batches."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "leftAt" TIMESTAMP(3));
CREATE TABLE "Order" ("id" TEXT NOT NULL PRIMARY KEY, "userId" TEXT UNIQUE REFERENCES "User"("id"));
"""

BAD = """
TRUNCATE "User" CASCADE;
"""

GOOD = """
DELETE FROM "User" WHERE "id" IN (SELECT "id" FROM "User" WHERE "leftAt" < now() LIMIT 1000);
"""

QUIET = [
    'TRUNCATE "User", "Order";',
    "CREATE TABLE n (a INT); TRUNCATE n CASCADE;",
    "CREATE TEMP TABLE n (a INT); TRUNCATE n CASCADE;",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(Truncate):
        emptied = [name for name in action.tables if not context.is_new(name)]
        if action.cascade and emptied:
            others = sorted(set(context.effects.loses) - set(action.tables))
            known = f", {', '.join(map(shown, others))} among them" if others else ""
            yield Hit(
                "Every table that refers to "
                f"{', '.join(map(shown, emptied))} loses all its rows too{known}.",
                about=action,
            )
