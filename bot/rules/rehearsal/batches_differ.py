"""In batches the change does not do what it does whole.

The rehearsal ran it both ways on the same rows and took both back. A batch sees what the batches
before it have changed: through a trigger, a function, or a table that both of them reach.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.judge.rehearsed import RehearsedContext

SEVERITY = Severity.ERROR

FIX = (
    "Let the condition and the new values depend on nothing but the row itself and tables that "
    "nobody changes meanwhile; or delete the comment, and let it run whole."
)

BEFORE = """
CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "place" INT, "name" TEXT);
INSERT INTO "User" ("place", "name") SELECT n, 'x' FROM generate_series(1, 20) AS n;
CREATE FUNCTION "last_place"() RETURNS trigger STABLE LANGUAGE plpgsql AS $$
BEGIN NEW."place" := 1 + max("place") FROM "User"; RETURN NEW; END $$;
CREATE TRIGGER "User_place" BEFORE UPDATE ON "User"
    FOR EACH ROW EXECUTE FUNCTION "last_place"();
"""

BAD = """
-- migration-bot: batch size=5000
UPDATE "User" SET "name" = 'y' WHERE "name" = 'x';
"""

GOOD = """
-- migration-bot: batch size=5000
DELETE FROM "User" WHERE "place" > 10;
"""

QUIET = [
    '-- migration-bot: batch size=2\nDELETE FROM "User" WHERE "name" IS NULL;',
    'ALTER TABLE "User" ADD COLUMN "token" UUID;\nALTER TABLE "User" DISABLE TRIGGER ALL;\n'
    '-- migration-bot: batch\nUPDATE "User" SET "token" = gen_random_uuid(), "name" = now();',
    'ALTER TABLE "User" DISABLE TRIGGER ALL;\n-- migration-bot: batch size=3\n'
    'UPDATE "User" SET "place" = "place" + 1 WHERE "place" < 10;',
]


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    for each in context.rehearsed.statements:
        proof = each.batches
        if proof is None:
            continue
        if proof.refused:
            yield Hit(
                f"In batches it is refused: {proof.refused.rstrip('.')}.", statement=each.index
            )
        elif proof.differing:
            yield Hit(
                f"{proof.batches} batches leave other rows in {', '.join(proof.differing)} than "
                f"the whole statement, which changes {proof.rows:,}.",
                statement=each.index,
            )
