"""A table cannot be altered while deferred checks of its rows are still to come.

The rows that were changed above are checked at the end of the transaction, because the foreign key
or trigger is deferred. Until then PostgreSQL refuses to alter the table (pending trigger events),
and the migration fails, but only where there were rows to change.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.timeline import Step
from bot.rewriting.moving import moved_on
from bot.sql.actions import Delete, DropObjects, Insert, TableAction, Truncate, Update

SEVERITY = Severity.ERROR

FIX = (
    "Put SET CONSTRAINTS ALL IMMEDIATE between the two, or the ALTER TABLE into the next migration "
    "folder."
)

BEFORE = """
CREATE TABLE "User" ("id" INTEGER NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "userId" INTEGER, "note" TEXT);
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey" FOREIGN KEY ("userId")
    REFERENCES "User"("id") DEFERRABLE INITIALLY DEFERRED;
"""

BAD = """
UPDATE "Order" SET "userId" = NULL WHERE "id" = 7;
ALTER TABLE "Order" ADD COLUMN "paid" BOOLEAN;
"""

GOOD = """
UPDATE "Order" SET "userId" = NULL WHERE "id" = 7;
"""

QUIET = [
    'UPDATE "Order" SET "userId" = 1 WHERE "id" = 7; SET CONSTRAINTS ALL IMMEDIATE; '
    'ALTER TABLE "Order" ADD COLUMN a INT;',
    'ALTER TABLE "Order" ADD COLUMN a INT; UPDATE "Order" SET "userId" = 1 WHERE "id" = 7;',
    'INSERT INTO "User" VALUES (7); ALTER TABLE "User" ADD COLUMN a INT;',
    'DELETE FROM "Order" WHERE "id" = 7; ALTER TABLE "Order" ADD COLUMN a INT;',
    'BEGIN; UPDATE "Order" SET "userId" = 1 WHERE "id" = 7; COMMIT; '
    'ALTER TABLE "Order" ADD COLUMN a INT;',
]


_WRITING = (Delete, Insert, Update)


def check(statement: Statement, context: Context) -> Hits:
    if context.file.kinds.isdisjoint(_WRITING):
        return
    touched = {each for each in _altered(context.step) if _may_wait(each, context)}
    if not touched:
        return
    pending: set[str] = set()
    all_deferred = False
    for step in context.same_transaction(context.earlier):
        if step.statement.node == "ConstraintsSetStmt":
            all_deferred = bool(step.statement.tree.get("deferred"))
            pending = pending if all_deferred else set()
        written = _written(step) & touched
        pending |= {each for each in written if _waits(each, step, context, all_deferred)}
    for table in sorted(touched & pending):
        yield f"{shown(table)} has rows above whose deferred checks are still to come."


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return moved_on(statement, "then")


def _altered(step: Step) -> set[str]:
    altered = {each.table for each in step.actions if isinstance(each, TableAction)}
    dropped = {
        name for each in step.all(DropObjects) if each.kind == "TABLE" for name in each.names
    }
    return altered | dropped | {name for each in step.all(Truncate) for name in each.tables}


def _written(step: Step) -> set[str]:
    changes: tuple[Insert | Update | Delete, ...] = (
        *step.all(Insert),
        *step.all(Update),
        *step.all(Delete),
    )
    return {each.table for each in changes}


def _may_wait(table: str, context: Context) -> bool:
    """Whether anything about a table can be checked late at all."""
    catalogue = context.catalogue
    known = catalogue.tables.get(table)
    own = known.foreign_keys() if known else ()
    pointing = (each for _, each in catalogue.references_to(table))
    return any(each.deferrable for each in (*own, *pointing)) or any(
        each.deferred for each in catalogue.triggers.values() if each.table == table
    )


def _waits(table: str, step: Step, context: Context, all_deferred: bool) -> bool:
    """Whether a change of the table's rows is checked only when the transaction ends.

    A foreign key looks at what is written into its own table, and at what leaves the other one.
    """
    catalogue = context.catalogue
    known = catalogue.tables.get(table)
    own = known.foreign_keys() if known and not step.all(Delete) else ()
    pointing = catalogue.references_to(table) if not step.all(Insert) else ()
    keys = (*own, *(each for _, each in pointing))
    late = (each.initially_deferred or (all_deferred and each.deferrable) for each in keys)
    triggers = (each for each in catalogue.triggers.values() if each.table == table)
    return any(late) or any(each.deferred for each in triggers)
