"""A password or key stands in the migration.

It stays in the repository's history for ever, and in the server's statistics and logs for a while:
everyone who may read those can use it.
"""

import re

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import Role

SEVERITY = Severity.ERROR

FIX = (
    "Change the password now, and set it outside the repository, with your infrastructure's tools."
)

BAD = """
CREATE USER MAPPING FOR reporting SERVER warehouse OPTIONS (user 'r', password 'correct-horse');
"""

GOOD = """
COMMENT ON SCHEMA public IS 'the server warehouse is set up by infrastructure';
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN "password" TEXT;',
    "SELECT 'postgresql://localhost/app';",
    'COMMENT ON COLUMN "User"."password" IS \'a bcrypt hash\';',
    "ALTER ROLE app NOLOGIN;",
]

_URL = re.compile(r"\b[a-z][a-z0-9+]*://[^\s:/@']+:[^\s@'/]+@", re.IGNORECASE)
_CONNECTIONS = (
    re.compile(r"'[^']*\bpassword\s*=\s*[^\s']+[^']*\b(host|dbname|user)\s*=", re.I),
    re.compile(r"\b(host|dbname|user)\s*=[^']*\bpassword\s*=\s*[^\s']+", re.I),
)
_KEY_WORDS = ("AKIA", "gh", "PRIVATE KEY")
_KEYS = re.compile(
    r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|-----BEGIN [A-Z ]*PRIVATE KEY"
)


def check(statement: Statement, context: Context) -> Hits:
    if any(each.secret for each in context.all(Role)):
        yield "A password stands in the statement."
        return
    sql = statement.sql
    # Looking for a word first is many times faster than the patterns, and nearly always enough.
    if "://" in sql and _URL.search(sql):
        yield "An address with a password stands in the statement."
    elif "password" in sql.lower() and any(each.search(sql) for each in _CONNECTIONS):
        yield "A connection string with a password stands in the statement."
    elif any(each in sql for each in _KEY_WORDS) and _KEYS.search(sql):
        yield "A secret key stands in the statement."
