"""Without the constraint, rows get in that the running version believes impossible.

The old version of the application still relies on it, and so may reports and other services.
Getting it back is harder than dropping it: the rows that broke it meanwhile are in the way.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import AddConstraint, AlterConstraint, DropConstraint, DropObjects
from bot.sql.values import Constraint, ConstraintKind

SEVERITY = Severity.WARNING

ABOUT = (AlterConstraint, DropConstraint)

FIX = (
    "If it is to change, add the new form under the same name in the same file, NOT VALID; if it "
    "is to go, drop it once no running version relies on it."
)

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, "total" INTEGER, "paid" INTEGER);
ALTER TABLE "Order" ADD CONSTRAINT "total_positive" CHECK ("total" >= 0);
ALTER TABLE "Order" ADD CONSTRAINT "total_there" CHECK ("total" IS NOT NULL);
CREATE TABLE log (at DATE) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
"""

BAD = """
ALTER TABLE "Order" DROP CONSTRAINT "total_positive";
"""

GOOD = """
ALTER TABLE "Order"
    DROP CONSTRAINT "total_positive",
    ADD CONSTRAINT "total_positive" CHECK ("total" > 0) NOT VALID;
"""

QUIET = [
    'ALTER TABLE "Order" DROP CONSTRAINT "total_positive"; '
    'ALTER TABLE "Order" ADD CONSTRAINT "total_positive" CHECK ("total" > 0) NOT VALID;',
    "CREATE TABLE n (a INT CONSTRAINT c CHECK (a > 0)); ALTER TABLE n DROP CONSTRAINT c;",
    'ALTER TABLE "Order" ALTER "total" SET NOT NULL; '
    'ALTER TABLE "Order" DROP CONSTRAINT "total_there";',
    'ALTER TABLE "Order" DROP CONSTRAINT IF EXISTS "never_there";',
    'ALTER TABLE "Order" DROP CONSTRAINT "total_positive"; DROP TABLE "Order";',
    "ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY; "
    "ALTER TABLE log_1 DROP CONSTRAINT log_1_at_check;",
    'ALTER TABLE "Order" ADD CONSTRAINT c CHECK ("paid" > 0) NOT VALID; '
    'ALTER TABLE "Order" DROP CONSTRAINT c;',
]

_OTHERS_MATTER = (ConstraintKind.PRIMARY_KEY, ConstraintKind.NOT_NULL)


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(DropConstraint):
        if not context.is_new(action.table) and _is_missed(action, context):
            yield Hit(
                f"Nothing enforces {action.name} on {shown(action.table)} from here on, while the "
                "running version still counts on it.",
                about=action,
            )
    for change in context.all(AlterConstraint):
        if change.enforced is False and not context.is_new(change.table):
            yield Hit(
                f"{change.name} stays on {shown(change.table)} in name only: rows that break it "
                "get in.",
                about=change,
            )


def _is_missed(action: DropConstraint, context: Context) -> bool:
    found = context.catalogue.constraint(action.table, action.name)
    if found is None:
        known = action.table in context.catalogue.tables
        named_key = action.name == f"{action.table.partition('.')[2]}_pkey"
        return not (named_key or (known and action.if_exists)) and not _back(action, None, context)
    if found.kind in _OTHERS_MATTER or not found.enforced or found.bounds:
        return False
    kept = _implied(action.table, found, context) or _unique_anyway(action.table, found, context)
    return not (kept or _back(action, found, context))


def _implied(table: str, constraint: Constraint, context: Context) -> bool:
    """Whether it only says of columns that are NOT NULL that they are."""
    expression = constraint.expression
    proved = expression.proves if expression else ()
    columns = [context.catalogue.column(table, name) for name in proved]
    everything = bool(expression) and set(proved) == set(expression.columns if expression else ())
    return bool(columns) and everything and all(each and each.not_null for each in columns)


def _back(action: DropConstraint, found: Constraint | None, context: Context) -> bool:
    """Whether the file gives it back or takes the table, or was what brought it."""
    start = context.file.base.constraint(action.table, action.name)
    if found and start is None and action.table in context.file.base.tables:
        return True
    return any(
        added.name == action.name or (found is not None and _same(added, found))
        for added in _added(action.table, context)
    ) or any(True for _ in context.later.all(DropObjects, about=action.table))


def _unique_anyway(table: str, found: Constraint, context: Context) -> bool:
    """Whether another unique index says the same."""
    others = (each for each in context.catalogue.indexes_of(table) if each.unique)
    return found.kind is ConstraintKind.UNIQUE and any(
        {column.name for column in each.columns} == set(found.columns)
        for each in others
        if each.constraint != found.name and not each.partial
    )


def _same(one: Constraint, other: Constraint) -> bool:
    keys = (ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY)
    both_keys = one.kind in keys and other.kind in keys
    alike = one.kind is other.kind and one.references == other.references
    return bool(one.columns) and one.columns == other.columns and (alike or both_keys)


def _added(table: str, context: Context) -> Iterator[Constraint]:
    for each in context.file.everything.all(AddConstraint, about=table):
        yield each.constraint
