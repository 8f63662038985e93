"""Slow work after an instant change keeps everybody out of the table that was changed.

A lock is held until the transaction ends. ADD COLUMN alone takes a moment; followed by something
that reads or writes a whole table, it blocks all reads and writes for as long as that takes. Each
table is reported once for a transaction, at the first statement that keeps it locked.
"""

from collections.abc import Iterable, Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.effects import LockMode
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, MigrationContext, listed, shown
from bot.rewriting.moving import moved_on
from bot.rules.data.changes import chooses_few, keys_of, limited
from bot.rules.transactions.blocking import blocked, blocked_before
from bot.rules.transactions.rows import backfilled
from bot.sql.actions import AddConstraint, Query, RefreshView, ValidateConstraint
from bot.sql.names import is_internal

SEVERITY = Severity.WARNING
SIZED = Sized.WORK

FIX = "Move the slow statement into the next migration folder, so that the lock is gone by then."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER);
ALTER TABLE "Order" ADD CONSTRAINT "positive" CHECK ("total" > 0) NOT VALID;
CREATE TABLE "User" ("id" INTEGER NOT NULL, "name" TEXT);
"""

BAD = """
ALTER TABLE "Order" ADD COLUMN "note" TEXT;
ALTER TABLE "Order" VALIDATE CONSTRAINT "positive";
"""

GOOD = """
ALTER TABLE "Order" VALIDATE CONSTRAINT "positive";
"""

QUIET = [
    'ALTER TABLE "Order" ADD COLUMN a INT; ALTER TABLE "Order" ADD COLUMN b INT;',
    'ALTER TABLE "Order" VALIDATE CONSTRAINT "positive"; ALTER TABLE "Order" ADD COLUMN a INT;',
    'CREATE TABLE n (a INT); ALTER TABLE n ADD b INT; CREATE INDEX i ON "User"("id");',
    'ALTER TABLE "Order" ADD COLUMN a INT; CREATE TABLE n (a INT); CREATE INDEX ON n (a);',
    'BEGIN; ALTER TABLE "Order" ADD COLUMN a INT; COMMIT; '
    'BEGIN; ALTER TABLE "Order" VALIDATE CONSTRAINT "positive"; COMMIT;',
    'ALTER TABLE "Order" ADD COLUMN a INT; SELECT count(*) FROM "User" WHERE "id" = 1;',
    'ALTER TABLE "Order" ADD COLUMN a INT; SELECT * FROM "User" LIMIT 1;',
    'ALTER TABLE "Order" ADD COLUMN a INT; SELECT setval(\'s\', max("id")) FROM "User";',
    'ALTER TABLE "Order" ADD COLUMN a INT; SELECT 1;',
    'ALTER TABLE "Order" ADD COLUMN a INT; SELECT count(*) FROM pg_stat_activity;',
    'ALTER TABLE "Order" ADD COLUMN a INT; ALTER SEQUENCE ids SET LOGGED;',
]


def check(statement: Statement, context: Context) -> Hits:
    exclusive = LockMode.ACCESS_EXCLUSIVE
    before = blocked_before(context)
    held = {table for table, mode in before.tables.items() if mode is exclusive}
    slow = _slow(context) if held else ""
    if not slow:
        return
    own = blocked(context.effects, context, at_least=exclusive) - before.gone_through
    kept = context.file.once(_Said).first(held - own - _mixed(context), context)
    if kept:
        yield f"Reads and writes of {listed(kept)} wait until {shown(slow)} has been gone through."


class _Said:
    """Where each table was first reported, by transaction."""

    def __init__(self, _: MigrationContext) -> None:
        self.places: dict[tuple[int | None, str], int] = {}

    def first(self, tables: Iterable[str], context: Context) -> set[str]:
        """Those of the tables that no earlier statement of the transaction was reported for."""
        here, transaction = context.position, context.step.transaction
        return {
            each for each in tables if self.places.setdefault((transaction, each), here) == here
        }


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_on(statement, "then")


def _slow(context: Context) -> str:
    """A table in use that the statement reads or writes as a whole; "" if there is none."""
    effects = context.effects
    sequence = context.step.statement.tree.get("objtype") == "OBJECT_SEQUENCE"
    if not effects.transactional or sequence or _judged_elsewhere(context):
        return ""
    found = {*effects.scans, *effects.rewrites, *backfilled(context), *_read(context)}
    if any(each.with_data for each in context.all(RefreshView)):
        found |= {each.name for each in context.all(RefreshView)}
    users = (each for each in sorted(found) if not is_internal(each))
    return next((each for each in users if not context.is_new(each)), "")


def _read(context: Context) -> Iterator[str]:
    """What a SELECT goes through: its answer is at hand if it names its rows, or takes few.

    The largest value of a key, which is what setval is given, is at the end of an index.
    """
    statement = context.step.statement
    tree = statement.tree
    for query in context.all(Query):
        if "setval" not in query.functions and not limited({statement.node: tree}):
            where = tree.get("whereClause")
            for table in query.reads:
                if not (where and chooses_few(where, keys_of(table, context.catalogue))):
                    yield table


def _mixed(context: Context) -> frozenset[str]:
    """What ddl-dml-mixed reports: the rows of the locked table itself."""
    return frozenset(backfilled(context))


def _judged_elsewhere(context: Context) -> bool:
    """Whether it validates what was added NOT VALID in the same transaction."""
    before = context.same_transaction(context.earlier)
    return any(
        any(True for _ in before.all(AddConstraint, about=each.name))
        for each in context.all(ValidateConstraint)
    )
