"""`schema.prisma` does not say what the migrations lead to, as Prisma itself reads it.

The rehearsed schema is compared with the one that Prisma makes of the model. What differs is what
the next `prisma migrate dev` would put into somebody else's migration.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.core.rehearsals.rehearsal import Rehearsal

SEVERITY = Severity.WARNING

FIX = "Run `prisma migrate dev` and commit what it makes, or bring schema.prisma up to date."

BAD = """
CREATE TABLE "Tag" ("id" INTEGER NOT NULL, CONSTRAINT "Tag_pkey" PRIMARY KEY ("id"));
"""

GOOD = """
SELECT 1;
"""

QUIET = ["SELECT 2;", "COMMENT ON SCHEMA public IS 'the platform';", "ANALYZE;"]

_MOST = 5


def check_rehearsal(rehearsal: Rehearsal) -> Iterator[Hit]:
    schema = rehearsal.schema
    if schema is None or not schema.differences:
        return
    more = len(schema.differences) - _MOST
    listed = "; ".join(schema.differences[:_MOST]) + (f"; and {more} more" if more > 0 else "")
    yield Hit(f"schema.prisma and the migrations differ: {listed}.")
