"""The file is not SQL that PostgreSQL can read.

The migration would fail on every database, production included.
"""

from bot.core.finding import Severity

SEVERITY = Severity.ERROR

FIX = "Correct the statement at the place shown."

BAD = """
ALTER TABEL "User" ADD COLUMN "name" TEXT;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "name" TEXT;
"""

QUIET = [
    "SELECT 1",
    "",
    "-- nothing to do",
]
