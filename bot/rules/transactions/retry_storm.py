"""A block that tries again until it gets its lock can keep the server busy for hours.

Each failed try uses up a transaction id and stands in the queue again, with everybody behind it.
A loop without a pause does so thousands of times a second.
"""

import re

from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context
from bot.sql.actions import RunBlock
from bot.sql.lexer import code_of

SEVERITY = None

ABOUT = (RunBlock,)

FIX = "Let the statement fail, and try the whole migration again after a pause, from outside."

BAD = """
DO $$ BEGIN
  LOOP
    BEGIN LOCK TABLE "Order" NOWAIT; EXIT;
    EXCEPTION WHEN lock_not_available THEN NULL; END;
  END LOOP;
END $$;
"""

GOOD = """
SET lock_timeout = '2s';
"""

QUIET = [
    "DO $$ BEGIN LOCK TABLE t; EXCEPTION WHEN lock_not_available THEN RAISE; END $$;",
    "DO $$ BEGIN FOR i IN 1..3 LOOP RAISE NOTICE '%', i; END LOOP; END $$;",
    "DO $$ BEGIN LOOP EXIT; END LOOP; -- lock_not_available\n END $$;",
]

_LOOP = re.compile(r"\bloop\b", re.IGNORECASE)
_CAUGHT = re.compile(r"\bexception\b.*\b(lock_not_available|deadlock_detected)\b", re.I | re.S)


def check(statement: Statement, context: Context) -> Hits:
    for block in context.all(RunBlock):
        code = code_of(block.body)
        if _LOOP.search(code) and _CAUGHT.search(code):
            yield "The block goes on trying to get a lock that it was refused."
