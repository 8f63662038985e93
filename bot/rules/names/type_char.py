"""CHAR(n) fills values up with blanks, and MONEY depends on the server's settings.

The blanks come back when the value is read, and comparing with a text fails without an error. The
same amount of MONEY reads differently on a server with another locale.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.rules.names.typed_columns import TYPED, columns_with
from bot.sql.values import Type

SEVERITY = Severity.WARNING

ABOUT = TYPED

FIX = "Use TEXT, or VARCHAR(n) where the length matters; for amounts use NUMERIC."

BAD = """
CREATE TABLE "Product" ("sku" CHAR(8) NOT NULL);
"""

GOOD = """
CREATE TABLE "Product" ("id" BIGINT PRIMARY KEY, "sku" VARCHAR(8) NOT NULL);
"""

QUIET = [
    "CREATE TABLE n (a TEXT, b VARCHAR(8), c NUMERIC(12, 2));",
    'CREATE TABLE n (kind "char");',
    "CREATE TEMP TABLE n (a CHAR(8));",
    "CREATE TABLE n (a TEXT DEFAULT 'CHAR(8)');",
]


def check(statement: Statement, context: Context) -> Hits:
    found = columns_with(context, _is_padded)
    if found:
        yield f"{found} gets a type that pads its values or depends on the server: CHAR or MONEY."


def _is_padded(kind: Type) -> bool:
    return kind.name == "money" or (kind.name == "bpchar" and bool(kind.modifiers))
