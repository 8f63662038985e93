"""A change that is to run in batches cannot.

The comment above it says how it is batched, and nothing but that comment: left alone, a mistake in
it would let all rows be changed in one go, or stop the rollout. Batches must do what the whole
statement does, so one that looks at other rows of its own table is refused.
"""

from collections.abc import Sequence

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import MigrationContext, shown
from bot.sql.batching import read_batches
from bot.sql.expressions import relation_name

SEVERITY = Severity.ERROR

FIX = (
    "Write `-- migration-bot: batch size=5000 pause=100ms` directly above an UPDATE or DELETE that "
    "looks at no other row of its table, or delete the comment."
)

BEFORE = """
CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "email" TEXT, "plan" TEXT);
"""

BAD = """
-- migration-bot: batch size=many
UPDATE "User" SET "plan" = 'free' WHERE "plan" IS NULL;
"""

GOOD = """
-- migration-bot: batch size=5000 pause=100ms max_lag=5s
UPDATE "User" SET "plan" = 'free' WHERE "plan" IS NULL;
"""

QUIET = [
    '-- migration-bot: batch\nUPDATE "User" SET "plan" = \'free\' WHERE "plan" IS NULL;',
    '/* migration-bot: batch pause=1s */\nDELETE FROM "User" WHERE "email" IS NULL;',
    "SELECT '-- migration-bot: batch size=0';",
    "SET lock_timeout = '1s';\n-- migration-bot: batch\n"
    'UPDATE "User" u SET "plan" = p.name FROM "Plan" p WHERE p.email = u."email";',
    'BEGIN;\nSELECT 1;\nCOMMIT;\n-- migration-bot: batch\nDELETE FROM "User" WHERE "plan" = \'x\';',
]


def check_migration(context: MigrationContext) -> Hits:
    found, problems = read_batches(context.migration.sql, context.script.statements)
    for each in problems:
        yield Hit(each.message, at=each.position, statement=each.statement)
    for index, batched in found.items():
        statement = next(each for each in context.script.statements if each.index == index)
        table = relation_name(statement.tree["relation"])
        if why := _without_key(table, batched.change.sets, context.catalogue):
            yield Hit(why, at=statement.start, statement=index)
    if found and context.settings.prisma is not None:
        yield Hit(
            "Prisma applies this migration, and runs what is to be batched in one go.",
            statement=next(iter(found)),
            fix="Let migration-bot apply the migrations, or change the rows from a script.",
        )


def _without_key(table: str, sets: Sequence[str], catalogue: Catalogue) -> str:
    """Why nothing tells one row of it from another, as far as the migrations say."""
    if table not in catalogue.tables:
        return ""
    keys = [
        {column.name for column in index.columns}
        for index in catalogue.indexes_of(table)
        if index.unique and not index.partial
    ]
    if not keys:
        return f"{shown(table)} has no key by which its rows could go in batches."
    if all(key.intersection(sets) for key in keys):
        return f"It sets {', '.join(sets)}, and batches go by a key that stays as it is."
    return ""
