"""A change of unknown size runs as one transaction.

Every row it changes stays locked until the migration ends, so requests that want one of them wait.
The table grows by as many dead rows, and replicas fall behind. How many rows there are is known
only in production.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.data.changes import Fields, changes_of, chooses_few, keys_of, limited, reaches_many
from bot.sql.dml import always_true
from bot.sql.expressions import relation_name, relations_of

SEVERITY = Severity.WARNING
SIZED = Sized.WAIT

FIX = (
    "Write `-- migration-bot: batch size=5000 pause=100ms` above it: the rows are then changed in "
    "batches by the table's key, each a transaction of its own. If there are few, allow this and "
    "say how many."
)

BEFORE = """
CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "email" TEXT, "plan" TEXT, "a" INT, "b" INT);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE UNIQUE INDEX "User_a_b_key" ON "User"("a", "b");
CREATE TABLE "Audit" ("userId" INT, "plan" TEXT);
"""

BAD = """
UPDATE "User" SET "plan" = 'free' WHERE "plan" IS NULL;
"""

GOOD = """
-- migration-bot: batch size=5000 pause=100ms
UPDATE "User" SET "plan" = 'free' WHERE "plan" IS NULL;
"""

QUIET = [
    'UPDATE "User" SET "plan" = \'free\' WHERE "plan" IS NULL AND "id" BETWEEN 1 AND 10000;',
    'UPDATE "User" SET "plan" = \'free\' WHERE "id" = 5;',
    "UPDATE \"User\" SET \"plan\" = 'free' WHERE \"email\" IN ('a@example.org', 'b@example.org');",
    'UPDATE "User" SET "plan" = \'free\' WHERE "a" = 1 AND "b" = 2;',
    'UPDATE "User" SET "plan" = \'free\' WHERE "id" >= 1 AND "id" < 5000;',
    'DELETE FROM "User" WHERE "id" = 1 OR "email" = \'x\';',
    'DELETE FROM "User" WHERE ctid IN (SELECT ctid FROM "User" WHERE plan IS NULL LIMIT 1000);',
    'DELETE FROM "User" WHERE ctid = ANY(ARRAY(SELECT ctid FROM "User" LIMIT 1000));',
    'WITH batch AS (SELECT id FROM "User" LIMIT 500) '
    "UPDATE \"User\" u SET plan = 'a' FROM batch WHERE u.id = batch.id;",
    "UPDATE \"User\" u SET plan = v.p FROM (VALUES (1, 'a')) AS v(id, p) WHERE u.id = v.id;",
    'CREATE TABLE n (a INT); UPDATE n SET a = 1 WHERE a = 2; INSERT INTO n SELECT id FROM "User";',
    'INSERT INTO "Audit" ("userId") VALUES (1), (2);',
    'INSERT INTO "Audit" ("userId") SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM "Audit");',
    'INSERT INTO "Audit" ("userId") SELECT id FROM "User" WHERE email = \'a@example.org\';',
    'UPDATE "User" SET "plan" = \'free\';',
    'CREATE RULE r AS ON INSERT TO "Audit" DO ALSO DELETE FROM "User" WHERE plan IS NULL;',
]


def check(statement: Statement, context: Context) -> Hits:
    if context.batched:
        return
    for node, fields in changes_of(statement):
        table = relation_name(fields["relation"])
        if context.is_new(table):
            continue
        if node == "InsertStmt":
            if _copies_many(fields, context):
                yield f"Nobody knows how many rows are copied into {shown(table)} in one go."
        elif _changes_some(fields) and reaches_many(fields, statement, context.catalogue):
            verb = "deleted" if node == "DeleteStmt" else "written"
            yield (
                f"All rows of {shown(table)} that match are {verb} in one go, however many there "
                f"are, and stay locked until the end."
            )


def _changes_some(fields: Fields) -> bool:
    """Whether it has a condition; without one, update-without-where and its sister speak."""
    where = fields.get("whereClause")
    return where is not None and not always_true(where)


def _copies_many(fields: Fields, context: Context) -> bool:
    select = fields.get("selectStmt", {}).get("SelectStmt", {})
    plain = select.get("op") == "SETOP_NONE"
    sources = relations_of(
        [fields.get("withClause"), select.get("withClause"), select.get("fromClause")]
        if plain
        else [fields.get("withClause"), select]
    )
    known = [each for each in sources if not context.is_new(each)]
    if not known or limited(fields):
        return False
    where = select.get("whereClause")
    return not (
        where and len(sources) == 1 and chooses_few(where, keys_of(sources[0], context.catalogue))
    )
