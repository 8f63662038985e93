"""PostgreSQL refused the migration when it was rehearsed.

The rehearsal runs what is merged already and then the new migrations, on a server of the same
kind, statement by statement as a rollout would. What is refused there is refused in staging and
production too, after the merge and in front of everybody.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.core.rehearsals.refusal import Stop
from bot.judge.rehearsed import RehearsedContext

SEVERITY = Severity.ERROR

FIX = "Mend the statement, and try it here with `migration-bot rehearse`."

BEFORE = """
CREATE TABLE "User" ("id" BIGINT PRIMARY KEY, "email" TEXT NOT NULL);
"""

BAD = """
ALTER TABLE "User" ADD CONSTRAINT "User_email_check" CHECK ("mail" <> '') NOT VALID;
"""

GOOD = """
ALTER TABLE "User" ADD CONSTRAINT "User_email_check" CHECK ("email" <> '') NOT VALID;
"""

QUIET = [
    'ALTER TABLE "User" ADD COLUMN "name" TEXT;',
    'CREATE INDEX CONCURRENTLY "User_email_idx" ON "User" ("email");',
    'CREATE TABLE "Tag" ("id" BIGINT PRIMARY KEY); INSERT INTO "Tag" VALUES (1);',
    "DO $$ BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END $$;",
]


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    refused = context.rehearsed.refused
    if refused is None or refused.stop is not Stop.REFUSED:
        return
    stays = context.rehearsed.stays
    left = (
        f" What ran before it stays: {'; '.join(stays[:3])}{'; …' if len(stays) > 3 else ''}."
        if stays
        else " Nothing of the migration stays."
    )
    yield Hit(
        f"PostgreSQL refuses it: {refused.message.rstrip('.')}.{left}",
        statement=refused.statement,
        fix=f"{refused.hint} {FIX}" if refused.hint else None,
    )
