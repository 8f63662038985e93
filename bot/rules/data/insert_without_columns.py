"""An INSERT that names no columns breaks as soon as the table gets another one.

The values are taken in the order the columns happen to have, which can differ between databases
that came about in different ways: the statement fails there, or puts values into the wrong columns.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rewriting.moving import with_columns
from bot.rules.data.changes import changes_of
from bot.sql.expressions import relation_name

SEVERITY = Severity.WARNING

FIX = "Name the columns after the table: INSERT INTO table (column, …) VALUES (…)."

BEFORE = """
CREATE TABLE "Plan" ("id" TEXT NOT NULL PRIMARY KEY, "name" TEXT);
"""

BAD = """
INSERT INTO "Plan" VALUES ('free', 'Free of charge');
"""

GOOD = """
INSERT INTO "Plan" ("id", "name") VALUES ('free', 'Free of charge');
"""

QUIET = [
    'INSERT INTO "Plan" DEFAULT VALUES;',
    "CREATE TABLE n (a INT); INSERT INTO n VALUES (1);",
    "CREATE TEMP TABLE n (a INT); INSERT INTO n SELECT 1;",
    'WITH x AS (INSERT INTO "Plan" ("id") VALUES (\'a\') RETURNING id) SELECT * FROM x;',
]


def check(statement: Statement, context: Context) -> Hits:
    for node, fields in changes_of(statement):
        if node != "InsertStmt" or fields.get("cols") or "selectStmt" not in fields:
            continue
        table = relation_name(fields["relation"])
        if not context.is_new(table):
            yield f"Which value goes into which column of {shown(table)} is left to their order."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return with_columns(statement, context)
