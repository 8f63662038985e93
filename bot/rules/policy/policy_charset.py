"""An encoding or a collation that the team does not allow.

Text in another encoding than the rest needs conversion at every border. A collation of the
operating system or of ICU sorts differently after an upgrade, and its indexes then miss rows until
they are rebuilt; those that PostgreSQL brings along stay as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.options import option
from bot.judge.context import Context
from bot.sql.actions import SetVariable
from bot.sql.expressions import nodes, strings_of

SEVERITY: Severity | None = None

FIX = "Leave it out, or use one that the configuration allows."


@dataclass(frozen=True)
class Options:
    encodings: tuple[str, ...] = option(("UTF8",), "The encodings that are allowed.")
    collations: tuple[str, ...] = option(
        ("default", "C", "POSIX", "C.UTF-8", "C.utf8", "ucs_basic", "pg_c_utf8", "pg_unicode_fast"),
        "The collations that are allowed, without their schema.",
    )


OPTIONS = Options()

BAD = """
CREATE TABLE "Word" ("text" TEXT COLLATE "de_DE" PRIMARY KEY);
"""

GOOD = """
CREATE TABLE "Word" ("text" TEXT COLLATE "C" PRIMARY KEY);
"""

QUIET = [
    'CREATE INDEX i ON words (word COLLATE pg_catalog."C");',
    'CREATE DOMAIN word AS TEXT COLLATE "POSIX";',
    "SET client_encoding = 'UTF-8';",
    "RESET client_encoding;",
    "SELECT 'COLLATE \"de_DE\"';",
]


def check(statement: Statement, context: Context) -> Hits:
    if context.file.baseline:
        return
    options = context.settings.options(Options)
    encodings = {_plain(each) for each in options.encodings}
    for encoding in _encodings(statement, context):
        if _plain(encoding) not in encodings:
            yield f"The encoding {encoding} is not allowed here."
    for collation in dict.fromkeys(_collations(statement.tree)):
        if collation not in options.collations:
            yield f"The collation {collation} is not allowed here."


def _plain(encoding: str) -> str:
    """PostgreSQL takes `utf-8`, `UTF8` and `Utf_8` for the same."""
    return "".join(filter(str.isalnum, encoding)).upper().replace("UNICODE", "UTF8")


def _encodings(statement: Statement, context: Context) -> Iterator[str]:
    for variable in context.all(SetVariable):
        if variable.name == "client_encoding" and variable.value not in (None, "default"):
            yield variable.value or ""
    if statement.node == "CreatedbStmt":
        yield from _settings(statement, "encoding")


def _collations(tree: Any) -> Iterator[str]:
    """Of columns, types, indexes and expressions alike, wherever they stand in the statement."""
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for key in ("collname", "collation"):
                yield from strings_of(value.get(key))[-1:]
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def _settings(statement: Statement, *names: str) -> Iterator[str]:
    for node, fields in nodes(statement.tree):
        if node == "DefElem" and fields["defname"] in names:
            value = fields.get("arg", {}).get("String", {}).get("sval")
            if value is not None:
                yield value
