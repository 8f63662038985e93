"""Somebody who may use the object now may not use it afterwards.

If it is the role of the application, its queries fail with "permission denied" from that moment. A
change of owner takes the rights of the old owner, and waits for every query on the table.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.security.new_objects import created_here
from bot.sql.actions import ChangeOwner, Grant, TableOption

SEVERITY = Severity.WARNING

FIX = (
    "Grant what is needed to the role that takes over, deploy the application with it, and take "
    "the old rights away in a later release."
)

BEFORE = """
CREATE TABLE "Invoice" ("id" TEXT NOT NULL);
"""

BAD = """
REVOKE SELECT ON "Invoice" FROM app;
"""

GOOD = """
GRANT SELECT ON "Invoice" TO billing;
"""

QUIET = [
    "CREATE TABLE n (id INT); REVOKE ALL ON n FROM PUBLIC;",
    "CREATE TABLE n (id INT); ALTER TABLE n OWNER TO app;",
    "CREATE SCHEMA s; ALTER SCHEMA s OWNER TO app;",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
    "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;",
    "CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood OWNER TO app;",
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
    'ALTER TABLE "Invoice" SET SCHEMA billing;',
    "ALTER GROUP writers ADD USER app;",
    "ALTER ROLE app NOLOGIN;",
]

_NODES = {
    "DropRoleStmt": "DROP ROLE takes away everything the role could do.",
    "DropOwnedStmt": "DROP OWNED drops what the role owns, and every privilege it was granted.",
    "ReassignOwnedStmt": "REASSIGN OWNED gives everything the role owns to another one.",
}


def check(statement: Statement, context: Context) -> Hits:
    if statement.node in _NODES:
        yield _NODES[statement.node]
    if _takes_membership(statement):
        yield "The role loses a membership, and what it could do through it."
    for grant in context.all(Grant):
        if grant.kind == "REVOKE" and grant.scope != "DEFAULT":
            yield from _revoked(grant, context)
    for option in context.all(TableOption):
        if option.command == "AT_ChangeOwner" and not context.is_new(option.table):
            yield Hit(
                f"{shown(option.table)} gets another owner; the old one loses its rights.",
                about=option,
            )
    for change in context.all(ChangeOwner):
        if not created_here(change.name, context):
            yield Hit(
                f"{shown(change.name)} gets another owner; the old one loses its rights.",
                about=change,
            )


def _takes_membership(statement: Statement) -> bool:
    """REVOKE role FROM role, or ALTER GROUP … DROP USER."""
    if statement.node == "AlterRoleStmt":
        options = statement.tree.get("options", ())
        members = any(each["DefElem"]["defname"] == "rolemembers" for each in options)
        return members and statement.tree.get("action") == -1
    return statement.node == "GrantRoleStmt" and statement.kind == "REVOKE"


def _revoked(grant: Grant, context: Context) -> Iterator[str]:
    roles = ", ".join(each.replace("public", "PUBLIC") for each in grant.grantees)
    if grant.scope:
        yield f"{roles} loses access to every {grant.on.lower()} of the schema."
    old = [shown(each) for each in grant.names if not created_here(each, context)]
    if old:
        yield f"{roles} loses access to {', '.join(old)}."
