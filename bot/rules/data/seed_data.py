"""Rows for the application are put in by a migration.

A migration runs in every environment, so what belongs into one of them, such as examples or the
accounts of a customer, ends up in all, production included.
"""

from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.data.changes import changes_of
from bot.sql.expressions import relation_name

SEVERITY = None

FIX = "Put the rows into the seed script, which `prisma db seed` runs where they are wanted."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT);
"""

BAD = """
INSERT INTO "User" ("id", "email") VALUES ('ada', 'ada@example.org');
"""

GOOD = """
CREATE TABLE "Role" ("name" TEXT NOT NULL PRIMARY KEY);
INSERT INTO "Role" ("name") VALUES ('admin'), ('member');
"""

QUIET = [
    'INSERT INTO "User" ("id") SELECT "id" FROM "User" WHERE "id" = \'a\';',
    "CREATE TEMP TABLE n (a INT); INSERT INTO n (a) VALUES (1);",
    'UPDATE "User" SET "email" = \'a\' WHERE "id" = \'a\';',
    'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ INSERT INTO "User" VALUES (1) $$;',
]

_LOOKUP = 50  # A new table that is given no more rows than this is taken for a list of choices.


def check(statement: Statement, context: Context) -> Hits:
    for node, fields in changes_of(statement):
        if node != "InsertStmt":
            continue
        select = fields.get("selectStmt", {}).get("SelectStmt", {})
        count = len(select.get("valuesLists", ()))
        table = relation_name(fields["relation"])
        new = context.is_new(table)
        if count and not (new and count <= _LOOKUP):
            rows = "row of data is" if count == 1 else "rows of data are"
            yield f"{count} {rows} written into {shown(table)} in every environment."
