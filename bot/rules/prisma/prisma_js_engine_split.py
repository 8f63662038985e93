"""Prisma's JavaScript engine cuts the file at every semicolon, also inside a body or a comment.

With `engine: "js"` in prisma.config.ts the text is split at each `;` and sent piece by piece. A
function's body is cut in two ("unterminated dollar-quoted string"), and what was sent before stays:
nothing is atomic. Prisma's own schema engine, which is the default, reads the file whole.
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.project import Project
from bot.core.options import option
from bot.judge.context import MigrationContext
from bot.sql.lexer import Lines, Part, pieces

SEVERITY = Severity.WARNING

FIX = (
    "Let Prisma's own schema engine apply migrations (leave `engine` out of prisma.config.ts), or "
    "write bodies, texts and comments without a semicolon."
)


@dataclass(frozen=True)
class Options:
    engine: Literal["auto", "native", "js"] = option(
        "auto", "What runs Prisma's migrations; `auto` asks prisma.config.ts beside them."
    )


OPTIONS = Options()
EXAMPLE = Options("js")

BAD = """
-- The colours; and the fonts.
CREATE TABLE "Theme" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

GOOD = """
-- The colours and the fonts.
CREATE TABLE "Theme" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

QUIET = [
    "SELECT 1; SELECT 2;",
    "SELECT 'a', $$b$$, \"c\";",
    "",
    "-- nothing\n/* to cut */ SELECT 1 ; ; ;",
]

_ENGINE = re.compile(r"""\bengine\s*:\s*(["'`])js\1""")
_COMMENT = re.compile(r"""//[^\n]*|/\*.*?\*/""", re.DOTALL)
_WORDS = {Part.COMMENT: "a comment", Part.LITERAL: "a text or a body", Part.NAME: "a name"}


def check_migration(context: MigrationContext) -> Hits:
    if not _javascript(context.settings.options(Options).engine, context.settings.project):
        return
    text = context.migration.sql
    lines = Lines(text)
    for piece in pieces(text):
        cut = text.find(";", piece.start, piece.end)
        if piece.part in _WORDS and cut >= 0:
            yield Hit(
                f"The JavaScript engine cuts {_WORDS[piece.part]} in two here.", at=lines.at(cut)
            )


def _javascript(engine: str, project: Project | None) -> bool:
    if engine != "auto":
        return engine == "js"
    return project is not None and bool(_ENGINE.search(_COMMENT.sub("", project.config)))
