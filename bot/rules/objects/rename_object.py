"""Renaming a view, function, sequence, type or role breaks whoever names it.

The running version knows the old name until its last instance is replaced, and so do other programs
that share the database. Indexes and constraints are rarely named by anybody: that is worth a look
where code reads the name of a violated constraint.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import comes_back, is_new
from bot.sql.actions import Rename

SEVERITY = Severity.WARNING

ABOUT = (Rename,)

FIX = (
    "Create the new one beside the old, move its users over, and drop the old one in a later "
    "release."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pk" PRIMARY KEY ("id"));
CREATE VIEW "People" AS SELECT "id" FROM "User";
CREATE TYPE "Kind" AS ENUM ('A');
"""

BAD = """
ALTER VIEW "People" RENAME TO "Persons";
"""

GOOD = """
CREATE VIEW "Persons" AS SELECT "id" FROM "User";
"""

QUIET = [
    'ALTER VIEW "People" RENAME TO "Persons"; CREATE VIEW "People" AS SELECT * FROM "Persons";',
    'CREATE TYPE "Kind_new" AS ENUM (\'B\'); ALTER TYPE "Kind" RENAME TO "Kind_old"; '
    'ALTER TYPE "Kind_new" RENAME TO "Kind";',
    "CREATE SEQUENCE s; ALTER SEQUENCE s RENAME TO t;",
    "CREATE TABLE n (a INT CONSTRAINT c CHECK (a > 0)); ALTER TABLE n RENAME CONSTRAINT c TO d;",
    'ALTER TABLE "User" RENAME TO "Account";',
    'ALTER TABLE "User" RENAME COLUMN "id" TO "key";',
]

# Each of these has a rule of its own, or is no business of a migration.
_ELSEWHERE = ("TABLE", "COLUMN", "SCHEMA", "DATABASE")
_RARELY_NAMED = ("INDEX", "CONSTRAINT")


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(Rename):
        key = key_of(action.kind, action.old, action.relation)
        new = is_new(context, key) or (bool(action.relation) and context.is_new(action.relation))
        if action.kind in _ELSEWHERE or new or comes_back(context, key):
            continue
        rare = action.kind in _RARELY_NAMED
        yield Hit(
            f"Whatever names the {action.kind.lower()} {shown(action.old)} fails once it is called "
            f"{shown(action.new)}.",
            severity=Severity.NOTICE if rare else None,
            about=action,
        )
