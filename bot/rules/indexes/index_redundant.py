"""Another index already does what this one does.

An index on several columns also serves queries on its first ones. Two that start alike slow every
write and take up memory twice, and no query gets faster.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.catalogue.schema import Index
from bot.judge.context import Context, shown
from bot.sql.actions import CreateIndex, DropConstraint, DropObjects

SEVERITY = Severity.NOTICE

ABOUT = (CreateIndex,)

FIX = "Leave it out: the other one serves the same queries."

BEFORE = """
CREATE TABLE "Order" ("id" INT PRIMARY KEY, "userId" INT, "at" TIMESTAMP(3), "ref" TEXT);
CREATE INDEX "Order_userId_at_idx" ON "Order"("userId", "at");
CREATE INDEX "Order_ref_idx" ON "Order"("ref");
"""

BAD = """
CREATE INDEX CONCURRENTLY "Order_userId_idx" ON "Order"("userId");
"""

GOOD = """
CREATE INDEX CONCURRENTLY "Order_at_idx" ON "Order"("at");
"""

QUIET = [
    'CREATE INDEX i ON "Order"("userId") WHERE "at" IS NULL;',
    'CREATE UNIQUE INDEX i ON "Order"("userId");',
    'CREATE INDEX i ON "Order"("userId") INCLUDE ("ref");',
    'CREATE INDEX i ON "Order"("userId" DESC, "at");',
    'CREATE INDEX i ON "Order"("at", "userId");',
    'CREATE INDEX i ON "Order" USING hash ("userId");',
    'CREATE INDEX i ON "Order"("ref" text_pattern_ops);',
    'CREATE INDEX i ON "Order"(lower("ref"));',
    'DROP INDEX "Order_userId_at_idx"; CREATE INDEX i ON "Order"("userId");',
    'CREATE INDEX i ON "Order"("ref", "at"); DROP INDEX "Order_ref_idx";',
    'CREATE INDEX IF NOT EXISTS "Order_ref_idx" ON "Order"("ref");',
]

_DROP_OLD = (
    "Drop the narrower one once this one is there: DROP INDEX CONCURRENTLY, in its own folder."
)
_ONCE = "Name each column once."
_FEWER = "Ask production which of them are used (pg_stat_user_indexes), and drop the others first."
_MANY = 20


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(CreateIndex):
        there = action.if_not_exists and action.name in context.catalogue.indexes
        if there or context.file.baseline:
            continue
        yield from _about(action, context)
        count = len(context.catalogue.indexes_of(action.table)) + 1
        if count > _MANY:
            yield Hit(f"{shown(action.table)} has {count} indexes now.", fix=_FEWER, about=action)


def _about(action: CreateIndex, context: Context) -> Iterator[Hit]:
    new = Index(
        action.name,
        action.table,
        action.columns,
        action.unique,
        action.partial,
        method=action.method,
        includes=action.includes,
    )
    name = shown(action.name) or "The index"
    named = [each.name for each in action.columns if each.name]
    plain = [each for each in action.columns if each.name and not each.operator_class]
    if len(set(plain)) < len(plain):
        twice = next(each for each in named if named.count(each) > 1)
        yield Hit(f"{name} has the column {twice} twice.", fix=_ONCE)
        return
    for other in _staying(action.table, context):
        if _serves(other, new):
            yield Hit(f"{shown(other.name)} serves every query that {name} would serve.")
            return
    for other in _staying(action.table, context):
        if other.constraint is None and _serves(new, other):
            yield Hit(f"{name} makes {shown(other.name)} superfluous.", fix=_DROP_OLD)


def _staying(table: str, context: Context) -> Iterator[Index]:
    """The table's indexes that the rest of the file does not drop."""
    for index in context.catalogue.indexes_of(table):
        drops = context.later.all(DropObjects, about=index.name)
        bare = index.name.partition(".")[2]
        constraints = context.later.all(DropConstraint, about=bare)
        if not any(True for _ in (*drops, *constraints)):
            yield index


def _serves(wider: Index, narrower: Index) -> bool:
    """Whether whatever the narrower one is good for, the wider one is too."""
    if wider.partial or narrower.partial or narrower.includes:
        return False
    if wider.method != "btree" or narrower.method != "btree":
        return False
    if any(each.name is None for each in (*wider.columns, *narrower.columns)):
        return False
    if narrower.unique and not (wider.unique and wider.columns == narrower.columns):
        return False
    return bool(narrower.columns) and (wider.columns[: len(narrower.columns)] == narrower.columns)
