"""VARCHAR(n) writes a limit into the type.

A value that is too long fails the whole request. Making the limit smaller later rewrites the
table; a CHECK constraint can be changed without that.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rules.names.typed_columns import columns_with
from bot.sql.values import Type

SEVERITY: Severity | None = None

FIX = "Use TEXT; where a limit is needed, add a CHECK constraint."

BAD = """
CREATE TABLE "Tag" ("name" VARCHAR(40) NOT NULL);
"""

GOOD = """
CREATE TABLE "Tag" ("name" TEXT NOT NULL PRIMARY KEY);
"""

QUIET = [
    "CREATE TABLE n (a TEXT);",
    "CREATE TABLE n (a VARCHAR);",
    "CREATE TEMP TABLE n (a VARCHAR(4));",
]


def check(statement: Statement, context: Context) -> Hits:
    found = columns_with(context, _is_limited)
    if found:
        yield f"{found} has its greatest length in its type."


def _is_limited(kind: Type) -> bool:
    return kind.name == "varchar" and bool(kind.modifiers)
