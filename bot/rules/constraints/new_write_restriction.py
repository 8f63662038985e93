"""A new rule for rows can make writes of the running version fail.

While the new version is rolled out the old one goes on writing, and whatever the new rule refuses
is an error to its users, even if the rule was added NOT VALID or CONCURRENTLY. From the files alone
nobody can tell what the old version writes, so this is off unless a configuration turns it on.
"""

from collections.abc import Iterator

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import Action, AddConstraint, CreateIndex, SetNotNull
from bot.sql.values import Constraint

SEVERITY = None

FIX = "Release a version whose writes obey the rule first, and add the rule one release later."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "email" TEXT);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
"""

BAD = """
ALTER TABLE "User" ADD CONSTRAINT "email_has_at" CHECK ("email" LIKE '%@%') NOT VALID;
"""

GOOD = """
CREATE TABLE "Account" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    CONSTRAINT "email_has_at" CHECK ("email" LIKE '%@%')
);
"""

QUIET = [
    "CREATE TABLE n (a INT); ALTER TABLE n ADD UNIQUE (a); CREATE UNIQUE INDEX i ON n (a);",
    'CREATE INDEX CONCURRENTLY i ON "User"("id");',
    'ALTER TABLE "User" ADD CONSTRAINT u UNIQUE USING INDEX "User_email_key";',
    'ALTER TABLE "User" ADD CONSTRAINT c CHECK ("email" > \'\') NOT ENFORCED;',
    'ALTER TABLE "User" ADD COLUMN n INT CHECK (n > 0);',
    'ALTER TABLE "User" ALTER "id" SET NOT NULL;',
]


def check(statement: Statement, context: Context) -> Hits:
    for table, rule, about in _restrictions(context):
        if not context.is_new(table):
            yield Hit(
                f"Writes to {shown(table)} that break {rule} fail from here on, those of the "
                "version still running included.",
                about=about,
            )


def _restrictions(context: Context) -> Iterator[tuple[str, str, Action]]:
    # To what the statement itself creates, table or column, the running version does not write.
    for action in context.all(AddConstraint):
        if _binds(action.constraint):
            name = action.constraint.name or f"the new {action.constraint.kind.value}"
            yield action.table, name, action
    for index in context.all(CreateIndex):
        if index.unique:
            yield index.table, shown(index.name) or "the unique index", index
    for each in context.all(SetNotNull):
        column = context.catalogue.column(each.table, each.name)
        if not (column and column.not_null):
            yield each.table, f"NOT NULL of {each.name}", each


def _binds(constraint: Constraint) -> bool:
    """A constraint made of an index only gives a name to what held before."""
    return constraint.enforced and not constraint.using_index
