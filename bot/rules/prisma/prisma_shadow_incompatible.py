"""The statement works once on a server, not once for each database.

`prisma migrate dev` replays all migrations in a shadow database on the same server. What belongs to
the server is there already, or needs rights a developer does not have: it fails for everyone.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context

SEVERITY = Severity.WARNING

FIX = (
    "Do it with the code that sets up the server; or ask pg_roles first, in a DO block, and create "
    "only what is missing."
)

BAD = """
CREATE ROLE reporting LOGIN;
"""

GOOD = """
CREATE SCHEMA "reporting";
"""

QUIET = [
    "DO $$ BEGIN CREATE ROLE reporting; EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    "DROP ROLE IF EXISTS reporting;",
    "GRANT SELECT ON t TO reporting;",
    "ALTER ROLE reporting SET statement_timeout = '30s';",
    "COMMENT ON SCHEMA public IS 'CREATE ROLE reporting';",
]

_NODES = {
    "CreateRoleStmt": "a role is created for the whole server: it fails where it exists",
    "AlterRoleStmt": "the role is the whole server's: it fails where the role is missing",
    "DropRoleStmt": "a role is dropped from the whole server: it fails where it is gone",
    "CreatedbStmt": "a database is created beside this one: it fails where it exists",
    "DropdbStmt": "a database beside this one is dropped: it fails where it is gone",
    "CreateTableSpaceStmt": "a tablespace is the whole server's: it fails where it exists",
    "DropTableSpaceStmt": "a tablespace is the whole server's: it fails where it is gone",
    "CreateSubscriptionStmt": "a subscription starts copying, into the shadow database as well",
    "AlterSystemStmt": "the whole server's configuration needs a superuser",
}
_DROPS = {"DropRoleStmt", "DropdbStmt", "DropTableSpaceStmt"}


def check(statement: Statement, context: Context) -> Hits:
    tree = statement.tree
    guarded = bool(context.inside) or (statement.node in _DROPS and tree.get("missing_ok", False))
    if statement.node in _NODES and not guarded:
        yield f"On a shadow database, {_NODES[statement.node]}."
    elif statement.node == "RenameStmt" and tree.get("renameType") == "OBJECT_ROLE":
        yield "On a shadow database, the role has its new name already, and the rename fails."
