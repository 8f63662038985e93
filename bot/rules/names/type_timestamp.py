"""TIMESTAMP does not know which moment it means.

It keeps what the writer's clock showed, without the time zone. Two writers in different zones
store the same moment as different values, and nobody can tell them apart later.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rules.names.typed_columns import columns_with
from bot.sql.values import Type

SEVERITY: Severity | None = None

FIX = "Use TIMESTAMPTZ (`@db.Timestamptz(3)`) from the start: changing it later rewrites the table."

BAD = """
CREATE TABLE "Visit" ("at" TIMESTAMP(3) NOT NULL);
"""

GOOD = """
CREATE TABLE "Visit" ("id" BIGINT PRIMARY KEY, "at" TIMESTAMPTZ(3) NOT NULL);
"""

QUIET = [
    "CREATE TABLE n (at TIMESTAMPTZ, day DATE);",
    "CREATE TABLE n (at TIMESTAMP WITH TIME ZONE);",
    "CREATE TEMP TABLE n (at TIMESTAMP);",
]


def check(statement: Statement, context: Context) -> Hits:
    found = columns_with(context, _has_no_zone)
    if found:
        yield f"{found} loses the time zone of what is written."


def _has_no_zone(kind: Type) -> bool:
    return kind.name == "timestamp"
