"""Dropping a function breaks whoever calls it.

Queries of the running version that call it fail from this moment on. The same holds for procedures,
aggregates, operators and casts.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.objects.lifecycle import dropped
from bot.sql.actions import DropObjects

SEVERITY = Severity.WARNING

ABOUT = (DropObjects,)

FIX = (
    "Change it with CREATE OR REPLACE; or drop it in the release after the one that stopped "
    "calling it."
)

BEFORE = """
CREATE FUNCTION "total"(a INT) RETURNS INT LANGUAGE sql AS 'SELECT a';
CREATE AGGREGATE "sums"(INT) (SFUNC = int4pl, STYPE = INT);
"""

BAD = """
DROP FUNCTION "total"(INT);
"""

GOOD = """
CREATE OR REPLACE FUNCTION "total"(a INT) RETURNS INT LANGUAGE sql AS 'SELECT a + 1';
"""

QUIET = [
    "DROP FUNCTION total(INT); "
    "CREATE FUNCTION total(a INT) RETURNS TEXT LANGUAGE sql AS 'SELECT 1';",
    "CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION f();",
    "DROP AGGREGATE sums(INT); CREATE AGGREGATE sums(INT) (SFUNC = int4mul, STYPE = INT);",
    "DROP CAST IF EXISTS (INT AS BOX); CREATE CAST (INT AS BOX) WITH FUNCTION f(INT);",
    "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; DROP ROUTINE p();",
]

_KINDS = ("FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE", "OPERATOR", "CAST")


def check(statement: Statement, context: Context) -> Hits:
    kind = statement.kind.removeprefix("DROP ").lower()
    for name in dropped(context, *_KINDS):
        yield Hit(
            f"Everything that uses the {kind} {shown(name)} fails once it is dropped.", about=name
        )
