"""The statement runs code that cannot be judged beforehand.

What a procedure changes, or a DO block with statements that it puts together, is decided while it
runs. It may lock, rewrite or delete anything, and no finding will say so. The plain statements of a
block are judged like any others.
"""

import re

from bot.core.finding import Severity
from bot.core.rule import Hits
from bot.core.statement import Statement
from bot.judge.context import Context, shown
from bot.sql.actions import Call, RunBlock, Unread
from bot.sql.lexer import Part, pieces
from bot.sql.read_blocks import WHOLE

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
    'DO $$ BEGIN IF EXISTS (SELECT 1) THEN ALTER TABLE "User" ADD COLUMN a INT; END IF; END $$;',
]

_VERBS = re.compile(
    r"\b(alter|create|drop|truncate|insert|update|delete|merge|execute|perform|call|copy|grant|"
    r"revoke|reindex|refresh|lock|comment|cluster|vacuum|commit|rollback)\b",
    re.IGNORECASE,
)


def check(statement: Statement, context: Context) -> Hits:
    for block in context.all(RunBlock):
        words = _hidden(block)
        if words:
            yield f"What the block does is decided while it runs (it contains {', '.join(words)})."
        elif block.language != "plpgsql":
            yield f"The block is written in {block.language}, which is not looked into."
    for call in context.all(Call):
        yield f"What {shown(call.name)} does is not looked into."
    for unread in context.all(Unread):
        yield f"This form of {unread.kind} is not understood, so nothing is known of what it does."


def _hidden(block: RunBlock) -> tuple[str, ...]:
    """What is not known of the block; if its frame is not understood, everything in it."""
    if block.language == "plpgsql" and WHOLE not in block.unread:
        return block.unread
    verbs = (match[1].upper() for match in _VERBS.finditer(_code(block.body)))
    return tuple(dict.fromkeys(verbs))


def _code(body: str) -> str:
    kept = (each for each in pieces(body) if each.part in (Part.CODE, Part.SPACE))
    return "".join(body[each.start : each.end] for each in kept)
