"""Adding a rule to a domain stops writes to every table that uses it, and reads them all.

Nobody can insert, update or delete in any of these tables until every row of each was checked.
NOT VALID spares the check, but VALIDATE CONSTRAINT on a domain stops writes in the same way.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.sql.actions import AlterDomain

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AlterDomain,)

FIX = (
    "Put a CHECK … NOT VALID on each column instead, and VALIDATE CONSTRAINT each in a later "
    "migration folder, which blocks nobody."
)

BEFORE = """
CREATE DOMAIN "Percent" AS INTEGER;
CREATE DOMAIN "Unused" AS INTEGER;
CREATE TABLE "Offer" ("id" TEXT NOT NULL, "discount" "Percent");
"""

BAD = """
ALTER DOMAIN "Percent" ADD CONSTRAINT "percent_range" CHECK (VALUE BETWEEN 0 AND 100);
"""

GOOD = """
ALTER TABLE "Offer" ADD CONSTRAINT "discount_range"
    CHECK ("discount" BETWEEN 0 AND 100) NOT VALID;
"""

QUIET = [
    'ALTER DOMAIN "Percent" ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID;',
    'ALTER DOMAIN "Percent" SET DEFAULT 0;',
    'ALTER DOMAIN "Percent" DROP NOT NULL;',
    'ALTER DOMAIN "Unused" ADD CONSTRAINT c CHECK (VALUE > 0);',
    'CREATE TABLE n (a "Unused"); ALTER DOMAIN "Unused" SET NOT NULL;',
]

_CHECKING = ("ADD CONSTRAINT", "SET NOT NULL", "VALIDATE CONSTRAINT")


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AlterDomain):
        if action.command not in _CHECKING or context.file.baseline:
            continue
        if action.command == "ADD CONSTRAINT" and not action.validated:
            continue
        known = action.name in context.catalogue.domains
        used = [name for name in _tables(action.name, context) if not context.is_new(name)]
        if used or not known:
            where = ", ".join(map(shown, dict.fromkeys(used))) or "every table that uses it"
            yield Hit(
                f"Writes to {where} wait until every row was checked for {shown(action.name)}.",
                about=action,
            )


def _tables(domain: str, context: Context) -> Iterator[str]:
    """The tables with a column of the domain, or of a domain that is based on it."""
    for table, _ in context.catalogue.columns_of_type(domain):
        yield table
    for each in context.catalogue.domains.values():
        if each.type.name == domain and each.name != domain:
            yield from _tables(each.name, context)
