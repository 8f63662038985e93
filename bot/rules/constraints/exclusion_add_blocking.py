"""Adding an EXCLUDE constraint builds its index while nobody can use the table.

Reads and writes wait until all rows are compared and the index is built. Unlike for a unique
constraint there is no way to build that index beforehand.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import AddConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddConstraint,)

FIX = (
    "Create a new table with the constraint, copy the rows in batches and let the application "
    "change over; or run it in a maintenance window."
)

BEFORE = """
CREATE TABLE "Booking" ("id" TEXT NOT NULL, "during" TSRANGE NOT NULL);
"""

BAD = """
ALTER TABLE "Booking" ADD CONSTRAINT "no_overlap" EXCLUDE USING gist ("during" WITH &&);
"""

GOOD = """
CREATE TABLE "Reservation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "during" TSRANGE NOT NULL,
    CONSTRAINT "no_overlap" EXCLUDE USING gist ("during" WITH &&)
);
"""

QUIET = [
    "CREATE TABLE n (d TSRANGE); ALTER TABLE n ADD EXCLUDE USING gist (d WITH &&);",
    "CREATE TEMP TABLE n (d TSRANGE); ALTER TABLE n ADD EXCLUDE USING gist (d WITH &&);",
    'ALTER TABLE "Booking" ADD CONSTRAINT c CHECK (NOT isempty("during")) NOT VALID;',
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        if action.constraint.kind is ConstraintKind.EXCLUDE and not context.is_new(action.table):
            yield Hit(
                f"All rows of {shown(action.table)} are compared while its reads and writes wait.",
                about=action,
            )
