"""The grant opens more, or to more people, than anybody will remember.

PUBLIC is every role that can connect, now and later, and `anon` and `authenticated` are whoever
calls a public API. ALL, ALL TABLES and default privileges also cover what is sensitive and what
does not exist yet; a GRANT OPTION lets others pass the right on.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import Grant

SEVERITY = Severity.ERROR

ABOUT = (Grant,)

FIX = "Grant the privileges that are needed, by name, on named objects, to the role that uses them."

BEFORE = """
CREATE TABLE "Invoice" ("id" TEXT NOT NULL);
"""

BAD = """
GRANT SELECT ON "Invoice" TO PUBLIC;
"""

GOOD = """
GRANT SELECT, INSERT ON "Invoice" TO reporting;
"""

QUIET = [
    'GRANT SELECT ("id") ON "Invoice" TO reporting;',
    "GRANT USAGE ON SCHEMA public TO reporting;",
    'REVOKE ALL ON "Invoice" FROM PUBLIC;',
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
    "REVOKE EXECUTE ON FUNCTION pay() FROM PUBLIC; GRANT EXECUTE ON FUNCTION pay() TO anon;",
    "COMMENT ON SCHEMA public IS 'GRANT ALL ON t TO PUBLIC';",
]

_EVERYBODY = {
    "public": "PUBLIC, which is every role there is",
    "anon": "anon, which is everybody who calls the API",
    "authenticated": "authenticated, which is everybody who has signed up",
}
_FUNCTIONS = {"FUNCTION", "PROCEDURE", "ROUTINE"}


def check(statement: Statement, context: Context) -> Hits:
    for grant in context.all(Grant):
        if grant.kind == "GRANT" and not _function_closed_before(grant, context):
            reasons = list(_reasons(grant))
            if reasons:
                yield f"The grant {'; it '.join(reasons)}."


def _reasons(grant: Grant) -> Iterator[str]:
    for role in grant.grantees:
        if role in _EVERYBODY:
            yield f"goes to {_EVERYBODY[role]}"
    if grant.scope == "DEFAULT":
        yield "covers everything that is created from now on"
    elif grant.scope:
        yield f"covers every {grant.on.lower()} of the schema"
    if not grant.privileges or "all" in grant.privileges:
        yield "gives all privileges there are"
    if grant.grantable:
        yield "may be passed on to others"


def _function_closed_before(grant: Grant, context: Context) -> bool:
    """Whether PUBLIC lost the functions earlier in the file, so that naming roles narrows."""
    if grant.on not in _FUNCTIONS or "public" in grant.grantees or grant.grantable:
        return False
    revoked = (
        each
        for name in grant.names
        for each in context.earlier.all(Grant, about=name)
        if each.kind == "REVOKE" and "public" in each.grantees
    )
    closed = {name for each in revoked for name in each.names}
    return bool(grant.names) and closed.issuperset(grant.names)
