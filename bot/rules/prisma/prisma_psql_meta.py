"""Commands of psql are not SQL.

\\i, \\copy, :variables and the rows after COPY … FROM STDIN are understood by the program psql
alone. The server refuses them, and the migration fails on every database.
"""

from bot.core.findings.finding import Severity

SEVERITY = Severity.ERROR

FIX = "Write plain SQL: Prisma and migration-bot send the file to the server, not to psql."

BAD = """
\\i seed.sql
"""

GOOD = """
INSERT INTO "Country" ("code") VALUES ('AT');
"""

QUIET = [
    "SELECT '\\i seed.sql';",
    "SELECT 1::int;",
    "-- \\copy is explained elsewhere\nSELECT 1;",
]
