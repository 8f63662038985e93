"""What happens to rows when the row they point to is deleted deserves a decision.

ON DELETE CASCADE deletes them in silence, and theirs in turn: one wrong DELETE can empty a
database. Without any ON DELETE the delete is refused, which surprises the code that expected it to
work. Either may be right; nobody should have it by accident.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.constraints.foreign_keys import foreign_keys_of
from bot.sql.actions import AddColumn, AddConstraint, CreateTable

SEVERITY = Severity.NOTICE

ABOUT = (AddColumn, AddConstraint, CreateTable)

FIX = "Write the ON DELETE that the application wants: RESTRICT, SET NULL or, on purpose, CASCADE."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
"""

BAD = """
CREATE TABLE "Post" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT UNIQUE REFERENCES "User"("id") ON DELETE CASCADE
);
"""

GOOD = """
SET lock_timeout = '2s';
CREATE TABLE "Post" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT UNIQUE REFERENCES "User"("id") ON DELETE RESTRICT
);
"""

QUIET = [
    'CREATE TABLE p (u TEXT UNIQUE REFERENCES "User"(id) ON DELETE SET NULL);',
    'CREATE TABLE p (u TEXT UNIQUE REFERENCES "User"(id) ON DELETE SET DEFAULT);',
    'CREATE TABLE p (u TEXT UNIQUE REFERENCES "User"(id) ON DELETE NO ACTION);',
    "CREATE TABLE p (u TEXT UNIQUE); "
    'ALTER TABLE p ADD FOREIGN KEY (u) REFERENCES "User"(id) ON DELETE RESTRICT;',
]


def check(statement: Statement, context: Context) -> Hits:
    # The grammar makes no difference between NO ACTION and nothing; the text does.
    decided = "NO ACTION" in statement.sql.upper()
    for each in foreign_keys_of(context.step):
        child, parent = shown(each.table), shown(each.constraint.references or "")
        if each.constraint.on_delete == "CASCADE":
            yield Hit(
                f"Deleting a row of {parent} also deletes every row of {child} that points to it.",
                about=each.constraint,
            )
        elif not each.constraint.on_delete and not decided:
            yield Hit(
                f"Nothing says what becomes of rows of {child} when their {parent} is deleted.",
                about=each.constraint,
            )
