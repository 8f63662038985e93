"""The change is one for every client of the database, or of the whole server.

Other applications, backups and the next migrations get it too. An event trigger runs inside the
commands of everybody, with their rights. ALTER SYSTEM writes a file on the
server that nobody will look for in a repository, and it cannot run in a transaction.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import Other

SEVERITY = Severity.ERROR

ABOUT = (Other,)

FIX = (
    "Set it with the code that sets up the server; for a timeout of the application, "
    "ALTER ROLE … SET is enough."
)

BAD = """
ALTER DATABASE shop SET default_transaction_isolation = 'serializable';
"""

GOOD = """
SET LOCAL lock_timeout = '5s';
"""

QUIET = [
    "SET statement_timeout = 0;",
    "ALTER ROLE app SET statement_timeout = '30s';",
    "ALTER FUNCTION f() SET search_path = '';",
    "ALTER DATABASE shop OWNER TO app;",
]


def check(statement: Statement, context: Context) -> Hits:
    tree = statement.tree
    name = tree.get("setstmt", {}).get("name") or "every setting"
    if statement.node == "AlterSystemStmt":
        yield f"ALTER SYSTEM changes {name} for the whole server."
    elif statement.node == "AlterDatabaseSetStmt":
        yield f"{name} changes for everybody who connects to {tree['dbname']}."
    elif statement.node == "AlterDatabaseStmt":
        yield f"Options of the database {tree['dbname']} change for everybody who connects to it."
    elif statement.node in ("CreateEventTrigStmt", "AlterEventTrigStmt"):
        yield f"The event trigger {tree['trigname']} acts on the commands of everybody."
    elif statement.node == "AlterRoleSetStmt" and "role" not in tree:
        yield f"{name} changes for every role of the server."
