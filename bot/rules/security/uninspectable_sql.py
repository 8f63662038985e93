"""The statement runs code that cannot be judged beforehand.

What a DO block or a procedure changes is decided while it runs. It may lock, rewrite or delete
anything, and no finding will say so.
"""

import re

from bot.core.finding import Severity
from bot.core.rule import Hits
from bot.core.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import Call, RunBlock, Unread
from bot.sql.lexer import Part, pieces

SEVERITY = Severity.WARNING

FIX = "Write the statements out, without a block around them; or go by what the rehearsal measures."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
"""

BAD = """
DO $$ BEGIN EXECUTE 'ALTER TABLE "User" ADD COLUMN a INT'; END $$;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN a INT;
"""

QUIET = [
    "DO $$ BEGIN RAISE NOTICE 'update the client first'; END $$;",
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN RAISE EXCEPTION 'no'; END IF; END $$;",
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; END $$;",
    "DO $$ BEGIN -- delete nothing\n NULL; END $$;",
]

_VERBS = re.compile(
    r"\b(alter|create|drop|truncate|insert|update|delete|merge|execute|perform|call|copy|grant|"
    r"revoke|reindex|refresh|lock|comment|cluster|vacuum|commit|rollback)\b",
    re.IGNORECASE,
)


def check(statement: Statement, context: Context) -> Hits:
    for block in context.all(RunBlock):
        verbs = [match[1].upper() for match in _VERBS.finditer(_code(block.body))]
        if verbs:
            words = ", ".join(dict.fromkeys(verbs))
            yield f"What the block does is decided while it runs (it contains {words})."
        elif block.language != "plpgsql":
            yield f"The block is written in {block.language}, which is not looked into."
    for call in context.all(Call):
        yield f"What {shown(call.name)} does is not looked into."
    for unread in context.all(Unread):
        yield f"This form of {unread.kind} is not understood, so nothing is known of what it does."


def _code(body: str) -> str:
    kept = (each for each in pieces(body) if each.part in (Part.CODE, Part.SPACE))
    return "".join(body[each.start : each.end] for each in kept)
