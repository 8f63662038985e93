"""Run a second time, the migration does a part of its work again before it fails.

A run that was cut off, or a row that was marked by hand, can make a migration run twice. It should
then be refused with nothing changed, or find everything done. This one leaves a schema that is
neither.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.judge.rehearsed import RehearsedContext

SEVERITY = Severity.WARNING

FIX = "Put what fails the second time first, or what must not happen twice into a migration alone."

BEFORE = """
CREATE TABLE "User" ("id" BIGINT PRIMARY KEY, "email" TEXT, "name" TEXT);
"""

BAD = """
CREATE INDEX CONCURRENTLY ON "User" ("email");
ALTER TABLE "User" ADD COLUMN "note" TEXT;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "note" TEXT;
"""

QUIET = [
    'CREATE INDEX CONCURRENTLY "User_email_idx" ON "User" ("email");',
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS "User_email_idx" ON "User" ("email");\n'
    'ALTER TABLE "User" ADD COLUMN "note" TEXT;',
    'CREATE INDEX ON "User" ("email"); ALTER TABLE "User" ADD COLUMN "note" TEXT;',
    'ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "note" TEXT;',
]


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    second = context.rehearsed.second
    if second is None or second.refused is None or not second.changed:
        return
    yield Hit(
        f"Run again it changes {second.changed[0]}, and is then refused: "
        f"{second.refused.message.rstrip('.')}.",
        statement=second.refused.statement,
    )
