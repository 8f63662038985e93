"""Roles belong to the whole server, not to this database.

A changed role is changed for every database and application on the server, at once and whatever
becomes of the rest of the migration. SUPERUSER and BYPASSRLS make it able to read everything, and a
member of another role can do all that that one can. Under SET ROLE a migration goes past the rights
that it was given, and what it makes belongs to somebody else.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.expressions import nodes, strings_of
from bot.sql.read_data import strings_in

SEVERITY = Severity.WARNING

FIX = "Take it out, and change or lend roles with the code that sets up the server."

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
    "RESET ROLE;",
    "COMMENT ON ROLE app IS 'ALTER ROLE app SUPERUSER';",
]

_POWERS = {"superuser", "bypassrls", "createrole", "createdb", "isreplication"}
_WORDS = {"isreplication": "REPLICATION"}
_OWN = {"role", "session_authorization"}


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
    elif statement.node == "GrantRoleStmt" and statement.tree.get("is_grant"):
        roles = [each["AccessPriv"]["priv_name"] for each in statement.tree["granted_roles"]]
        yield f"Its members can do all that {' and '.join(roles)} can."
    elif _becomes_another(statement):
        yield "What follows runs with the rights of another role."


def _becomes_another(statement: Statement) -> bool:
    tree = statement.tree
    if statement.node == "VariableSetStmt":
        named = tree.get("name") in _OWN and tree["kind"] == "VAR_SET_VALUE"
        return named and strings_in(tree["args"]) != ("none",)
    if "set_config" not in statement.sql:
        return False
    calls = (fields for kind, fields in nodes(tree) if kind == "FuncCall")
    settings = (each for each in calls if strings_of(each["funcname"])[-1] == "set_config")
    return any(_OWN & set(strings_in(each["args"][:1])) for each in settings)


def _powers(statement: Statement) -> Iterator[str]:
    for each in statement.tree.get("options", ()):
        option = each["DefElem"]
        value = (option.get("arg") or {}).get("Boolean", {}).get("boolval", False)
        if option["defname"] in _POWERS and value:
            yield _WORDS.get(option["defname"], option["defname"].upper())
