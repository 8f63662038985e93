"""What the migration leaves on the server would be found in an audit of the server.

Passwords kept as MD5 can be guessed quickly by whoever gets hold of them. Schemas that belong to a
superuser cannot be changed by the role that migrates. A schema named after an environment has
another name in the next one. A column of a type such as regproc stops pg_upgrade. The rest of such
an audit (who may connect from where, bloat, tables that nobody reads) is asked of a running server,
and is not looked at here.
"""

import re
from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.names.typed_columns import columns_with
from bot.sql.actions import ChangeOwner
from bot.sql.values import Type

SEVERITY: Severity | None = None

FIX = (
    "Use scram-sha-256, a role of the application as the owner, one schema name everywhere, and "
    "text or regclass in the place of the type."
)

BAD = """
CREATE SCHEMA "shop" AUTHORIZATION postgres;
"""

GOOD = """
CREATE SCHEMA "shop" AUTHORIZATION "shop_owner";
"""

QUIET = [
    "CREATE SCHEMA products;",
    "CREATE SCHEMA developers;",
    "SET password_encryption = 'scram-sha-256';",
    "CREATE TABLE t (a REGCLASS, b REGTYPE, c REGROLE);",
    "ALTER SCHEMA shop OWNER TO shop_owner;",
    "SELECT 'md5';",
]

# What pg_upgrade refuses: the numbers behind these change from one cluster to the next.
_UNPORTABLE = {
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
}
_ENVIRONMENT = re.compile(
    r"(?:^|_)(dev|development|test|testing|staging|stage|qa|uat|prod|production)(?:_|$)"
)
_SUPERUSER = "postgres"
_SETTINGS = {"VariableSetStmt", "AlterSystemStmt", "AlterRoleSetStmt", "AlterDatabaseSetStmt"}


def check(statement: Statement, context: Context) -> Hits:
    if statement.node in _SETTINGS and _stores_md5(statement):
        yield "Passwords set from now on are stored as MD5."
    if statement.node == "CreateSchemaStmt":
        yield from _schema(statement)
    for change in context.all(ChangeOwner):
        if change.kind == "SCHEMA" and change.owner == _SUPERUSER:
            yield Hit(
                f"The schema {change.name} will belong to {_SUPERUSER}, a superuser.", about=change
            )
    found = columns_with(context, _is_unportable)
    if found:
        yield f"{shown(found)} would stop pg_upgrade."


def _stores_md5(statement: Statement) -> bool:
    setting = statement.tree.get("setstmt", statement.tree)
    values = [each.get("A_Const", {}).get("sval", {}) for each in setting.get("args", ())]
    named = setting.get("name") == "password_encryption"
    return named and any(each.get("sval", "").lower() in ("md5", "on") for each in values)


def _schema(statement: Statement) -> Iterator[str]:
    name = statement.tree.get("schemaname", "")
    if statement.tree.get("authrole", {}).get("rolename") == _SUPERUSER:
        yield f"The schema {name} will belong to {_SUPERUSER}, a superuser."
    match = _ENVIRONMENT.search(name.lower())
    if match:
        yield f"The schema {name} is named after an environment ({match[1]})."


def _is_unportable(kind: Type) -> bool:
    return kind.name in _UNPORTABLE
