"""Adding a primary key builds its index while nobody can use the table.

PostgreSQL checks every row for missing values and builds the index, and holds up reads and writes
until both are done.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rewriting.constraints import PRIMARY, built_apart
from bot.sql.actions import AddConstraint
from bot.sql.values import ConstraintKind

SEVERITY = Severity.ERROR
SIZED = Sized.WORK

ABOUT = (AddConstraint,)

FIX = (
    "Build a unique index with CREATE UNIQUE INDEX CONCURRENTLY, alone in its own migration "
    "folder, and add the key with PRIMARY KEY USING INDEX in the next."
)

BEFORE = """
CREATE TABLE "_CategoryToPost" ("A" INTEGER NOT NULL, "B" INTEGER NOT NULL);
CREATE UNIQUE INDEX "_CategoryToPost_AB_unique" ON "_CategoryToPost"("A", "B");
"""

BAD = """
ALTER TABLE "_CategoryToPost" ADD CONSTRAINT "_CategoryToPost_AB_pkey" PRIMARY KEY ("A", "B");
"""

GOOD = """
ALTER TABLE "_CategoryToPost"
    ADD CONSTRAINT "_CategoryToPost_AB_pkey" PRIMARY KEY USING INDEX "_CategoryToPost_AB_unique";
"""

QUIET = [
    "CREATE TABLE n (a INT PRIMARY KEY);",
    "CREATE TABLE n (a INT); ALTER TABLE n ADD PRIMARY KEY (a);",
    "CREATE TABLE n (a INT, CONSTRAINT k PRIMARY KEY (a));",
]


def check(statement: Statement, context: Context) -> Hits:
    for action in context.all(AddConstraint):
        constraint = action.constraint
        if constraint.kind is not ConstraintKind.PRIMARY_KEY or constraint.using_index:
            continue
        if not context.is_new(action.table):
            yield Hit(
                f"All reads and writes of {shown(action.table)} wait while the primary key's "
                "index is built.",
                about=action,
            )


def rewrite(statement: Statement, context: Context) -> Rewrite | None:
    return built_apart(statement, context, PRIMARY)
