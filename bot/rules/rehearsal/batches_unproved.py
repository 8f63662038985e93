"""Nobody has seen that in batches the change does what it does whole.

The rehearsal runs it both ways where there are rows. It found too few that the statement changes,
or had no time for it.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.judge.rehearsed import RehearsedContext
from bot.sql.batching import batched_in

SEVERITY = Severity.NOTICE

FIX = (
    "Give the rehearsal rows that the statement changes: `rehearsal.data` may be seed, synthetic "
    "or backup."
)

BEFORE = """
CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "name" TEXT);
INSERT INTO "User" ("name") VALUES ('x'), ('y'), ('x');
"""

BAD = """
-- migration-bot: batch size=5000
UPDATE "User" SET "name" = 'z' WHERE "name" IS NULL;
"""

GOOD = """
-- migration-bot: batch size=5000
UPDATE "User" SET "name" = 'z' WHERE "name" = 'x';
"""

QUIET = [
    '-- migration-bot: batch size=1\nDELETE FROM "User" WHERE "id" > 1;',
    'UPDATE "User" SET "name" = \'z\' WHERE "id" = 1;',
    '-- migration-bot: batch\nUPDATE "User" SET "name" = "id"::text;',
]


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    statements = [each.statement for each in context.judged.statements]
    batched = batched_in(context.judged.migration.sql, statements)
    for each in context.rehearsed.statements:
        if each.index not in batched or each.measured is None:
            continue
        proof = each.batches
        if proof is None:
            yield Hit("It could not be tried in batches.", statement=each.index)
        elif not (proof.proved or proof.refused or proof.differing):
            rows = "no row" if not proof.rows else "one row"
            yield Hit(
                f"The rehearsal had {rows} for it to change, so nothing is proved of its batches.",
                statement=each.index,
            )
