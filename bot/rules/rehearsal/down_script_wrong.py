"""`down.sql` does not lead back to the schema before its migration.

A rollback is run when something is wrong already. The rehearsal runs the script after its
migration, compares the whole schema with that before, and runs the migration once more.
"""

from collections.abc import Iterator, Sequence

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit
from bot.core.migrations.migration import DOWN_SCRIPT, SCRIPT
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.refusal import Stop
from bot.judge.rehearsed import RehearsedContext

SEVERITY = Severity.ERROR

FIX = "Mend down.sql until `migration-bot rehearse` says that it is proved, or take it out."

BAD = """
CREATE TABLE "Tag" ("id" BIGINT PRIMARY KEY, "name" TEXT NOT NULL);
CREATE TYPE "Colour" AS ENUM ('red', 'green');
-- down.sql
DROP TABLE "Tag";
"""

GOOD = """
CREATE TABLE "Tag" ("id" BIGINT PRIMARY KEY, "name" TEXT NOT NULL);
CREATE TYPE "Colour" AS ENUM ('red', 'green');
-- down.sql
DROP TABLE "Tag";
DROP TYPE "Colour";
"""

QUIET = [
    'CREATE TABLE "Tag" ("id" BIGINT PRIMARY KEY);',
    'CREATE TABLE "Tag" ("id" BIGINT PRIMARY KEY);\n-- down.sql\nDROP TABLE "Tag";',
    "CREATE SCHEMA tags;\n-- down.sql\nDROP SCHEMA tags;",
]

_MOST = 3


def check_rehearsed(context: RehearsedContext) -> Iterator[Hit]:
    down = context.rehearsed.down
    # A draft that does not lead back is nobody's mistake.
    if down is None or down.proved or down.drafted:
        return
    path = context.judged.migration.path.removesuffix(SCRIPT) + DOWN_SCRIPT
    untried = down.refused is not None and down.refused.stop in (Stop.SERVER, Stop.NOT_POSSIBLE)
    yield Hit(_words(down), path=path, severity=Severity.WARNING if untried else None)


def _words(down: DownProof) -> str:
    if down.refused is not None and down.refused.stop is Stop.TIME:
        return "down.sql did not end in the time a rehearsal has."
    if down.refused is not None:
        return f"down.sql cannot be run: {down.refused.message.rstrip('.')}."
    if down.left:
        return f"After down.sql the schema is not as before: {_listed(down.left)}."
    if down.up_refused is not None:
        said = down.up_refused.message.rstrip(".")
        return f"After down.sql the migration cannot be run again: {said}."
    return f"After down.sql and up again the schema differs: {_listed(down.again)}."


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - _MOST
    return "; ".join(lines[:_MOST]) + (f"; and {more} more" if more > 0 else "")
