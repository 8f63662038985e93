"""The statement runs code that cannot be judged beforehand.

A block or a procedure that puts its commands together while it runs may lock, rewrite or delete
anything, and no finding will say so. Blocks whose commands stand in them as they are, are read like
any other statement.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import Call, RunBlock, Unread

SEVERITY = Severity.WARNING

ABOUT = (Call, RunBlock, Unread)

FIX = "Write the statements out, without a block around them; or try it on a copy of the database."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN a INT', 'User'); END $$;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN a INT;
"""

QUIET = [
    "DO $$ BEGIN RAISE NOTICE 'update the client first'; END $$;",
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN RAISE EXCEPTION 'no'; END IF; END $$;",
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; END $$;",
    'DO $$ BEGIN ALTER TABLE "User" ADD COLUMN b INT; END $$;',
    "DO $$ BEGIN EXECUTE 'ALTER TABLE \"User\" ADD COLUMN b INT'; END $$;",
    "DO $$ BEGIN -- delete nothing\n NULL; END $$;",
]


def check(statement: Statement, context: Context) -> Hits:
    for block in context.all(RunBlock):
        if block.language not in ("plpgsql", "sql"):
            yield f"The block is written in {block.language}, which is not looked into."
        elif not block.understood:
            yield "What the block does is decided while it runs: it puts its commands together."
    for call in context.all(Call) if not context.effects.understood else ():
        yield f"What {shown(call.name)} does is not looked into."
    for unread in context.all(Unread):
        yield f"This form of {unread.kind} is not understood, so nothing is known of what it does."
