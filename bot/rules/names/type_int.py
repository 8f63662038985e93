"""An INTEGER ends at 2,147,483,647, a SMALLINT at 32,767.

When the last number is given out, every INSERT fails, and making the column wider rewrites the
table while nobody can use it.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rules.names.typed_columns import columns_with
from bot.sql.values import Type

SEVERITY: Severity | None = None

FIX = "Use BIGINT (`BigInt` in schema.prisma)."

BAD = """
CREATE TABLE "Event" ("id" INTEGER NOT NULL);
"""

GOOD = """
CREATE TABLE "Event" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

QUIET = [
    "CREATE TABLE n (id BIGINT, n NUMERIC(4));",
    "CREATE TABLE n (id BIGSERIAL);",
    "CREATE TABLE n (scores INT[]);",
    "CREATE TEMP TABLE n (id INT);",
]


def check(statement: Statement, context: Context) -> Hits:
    found = columns_with(context, _is_short)
    if found:
        yield f"{found} can run out of numbers."


def _is_short(kind: Type) -> bool:
    return kind.name in ("int4", "int2") and not kind.dimensions
