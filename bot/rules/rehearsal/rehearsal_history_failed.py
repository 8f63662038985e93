"""The history does not run on an empty database, so nothing new could be rehearsed.

Whatever is merged is replayed first. If that fails, a new developer's `prisma migrate dev` and a
database for tests fail in the same way, and nobody can tell what the new migrations do.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.core.rehearsals.rehearsal import Rehearsal

SEVERITY = Severity.WARNING

FIX = (
    "If it needs an extension or a right that is not there, rehearse on a server that has it "
    "(MIGRATION_BOT_REHEARSAL_URL). If it needs objects that no migration makes, add a migration "
    "before it that makes them, and mark that as applied where they exist."
)

BEFORE = """
ALTER TABLE "made_by_hand" ADD COLUMN "note" TEXT;
"""

BAD = """
CREATE TABLE "t" ("id" BIGINT PRIMARY KEY);
"""

GOOD = """
CREATE TABLE "made_by_hand" ("id" BIGINT PRIMARY KEY);
"""

QUIET = [
    'CREATE TABLE "u" ("id" BIGINT PRIMARY KEY);',
    "SELECT 1;",
    "CREATE SCHEMA s;",
]


def check_rehearsal(rehearsal: Rehearsal) -> Iterator[Hit]:
    refused = rehearsal.base.refused
    if refused is None:
        return
    place = f"{refused.migration}, line {refused.line}" if refused.line else refused.migration
    yield Hit(
        f"The history cannot be replayed: {place}: {refused.refusal.message.rstrip('.')}.",
        fix=f"{refused.refusal.hint} {FIX}" if refused.refusal.hint else None,
    )
