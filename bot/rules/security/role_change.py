"""Roles belong to the whole server, not to this database.

A changed role is changed for every database and application on the server, at once and whatever
becomes of the rest of the migration. SUPERUSER and BYPASSRLS make it able to read everything.
"""

from collections.abc import Iterator

from bot.core.finding import Severity
from bot.core.rule import Hits
from bot.core.statement import Statement
from bot.judge.context import Context

SEVERITY = Severity.WARNING

FIX = "Take it out, and change roles with the code that sets up the server."

BAD = """
ALTER ROLE app BYPASSRLS;
"""

GOOD = """
ALTER ROLE app SET statement_timeout = '30s';
"""

QUIET = [
    "ALTER ROLE app IN DATABASE shop SET lock_timeout = '5s';",
    "ALTER ROLE app RESET idle_in_transaction_session_timeout;",
    "GRANT SELECT ON t TO app;",
    "SET ROLE app;",
    "COMMENT ON ROLE app IS 'ALTER ROLE app SUPERUSER';",
]

_POWERS = {"superuser", "bypassrls", "createrole", "createdb", "isreplication"}
_WORDS = {"isreplication": "REPLICATION"}


def check(statement: Statement, context: Context) -> Hits:
    if statement.node in ("AlterRoleStmt", "CreateRoleStmt"):
        powers = list(_powers(statement))
        if powers:
            yield f"The role gets {', '.join(powers)}, on the whole server."
        elif statement.node == "AlterRoleStmt":
            yield "The role is changed for every database of the server."
    elif statement.node == "AlterRoleSetStmt" and "role" in statement.tree:
        name = statement.tree["setstmt"].get("name", "")
        if not name.endswith("_timeout"):
            yield f"Every new session of the role starts with another {name or 'configuration'}."
    elif statement.node == "RenameStmt" and statement.tree.get("renameType") == "OBJECT_ROLE":
        yield "The role is renamed: whoever connects under the old name is turned away."


def _powers(statement: Statement) -> Iterator[str]:
    for each in statement.tree.get("options", ()):
        option = each["DefElem"]
        value = (option.get("arg") or {}).get("Boolean", {}).get("boolval", False)
        if option["defname"] in _POWERS and value:
            yield _WORDS.get(option["defname"], option["defname"].upper())
