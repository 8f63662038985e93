"""DROP DATABASE deletes everything.

No migration has a reason to: the server also refuses it inside a transaction, and for the database
that the migration is connected to.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context

SEVERITY = Severity.ERROR

FIX = "Take it out of the migration; whoever runs the server drops a database by hand."

BAD = """
DROP DATABASE "shop";
"""

GOOD = """
COMMENT ON DATABASE "shop" IS 'replaced by store, to be dropped by its operators';
"""

QUIET = [
    "ALTER DATABASE shop SET timezone = 'UTC';",
    'CREATE TABLE "database" (a INT); DROP TABLE "database";',
    "CREATE SCHEMA database; DROP SCHEMA database;",
]


def check(statement: Statement, context: Context) -> Hits:
    if statement.node == "DropdbStmt":
        name = statement.tree.get("dbname", "")
        yield f"The whole database {name} is deleted, with all tables and rows in it."
