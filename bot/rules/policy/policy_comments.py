"""A new table, or a new column, says nothing about what it is for.

Whoever meets it in the database, in a year or in another team, has its name and nothing else to go
by. A comment is stored with it and needs no lock that anybody would feel.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.statement import Statement
from bot.core.options import option
from bot.judge.context import Context, shown
from bot.sql.actions import AddColumn, CommentOn, CreateTable

SEVERITY: Severity | None = None

FIX = "Write COMMENT ON … IS '…' below it, in the same file."


@dataclass(frozen=True)
class Options:
    tables: bool = option(True, "Whether new tables need a comment.")
    columns: bool = option(False, "Whether new columns need one.")
    longest: int = option(0, "How many characters a comment may have; 0 for any number.", least=0)


OPTIONS = Options()

BAD = """
CREATE TABLE "Theme" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

GOOD = """
CREATE TABLE "Theme" ("id" BIGINT NOT NULL PRIMARY KEY);
COMMENT ON TABLE "Theme" IS 'Colours and fonts that a customer has chosen.';
"""

QUIET = [
    'CREATE TEMP TABLE "Draft" ("id" INT);',
    "CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (1) TO (2);",
    'ALTER TABLE "Theme" ADD COLUMN "name" TEXT;',
    "CREATE TABLE a (id INT); CREATE TABLE b (id INT); "
    "COMMENT ON TABLE a IS 'A.'; COMMENT ON TABLE b IS 'B.';",
]


def check(statement: Statement, context: Context) -> Hits:
    if context.file.baseline:
        return
    options = context.settings.options(Options)
    for table in context.all(CreateTable):
        if table.temporary or table.partition_of:
            continue
        if options.tables and not _explained(context, table.table):
            yield f"{shown(table.table)} has no comment that says what it is for."
    for name, column in _new_columns(context) if options.columns else ():
        if not _explained(context, name, column):
            yield f"{shown(name)}.{column} has no comment that says what it is for."
    yield from _comments(context, options)


def _comments(context: Context, options: Options) -> Iterator[str]:
    for comment in context.all(CommentOn):
        name = ".".join(part for part in (shown(comment.name), comment.part) if part)
        wanted = {"TABLE": options.tables, "COLUMN": options.columns}.get(comment.kind, False)
        if not comment.text and wanted:
            yield f"The comment on {name} is taken away."
        size = len(comment.text or "")
        if options.longest and size > options.longest:
            yield f"The comment on {name} has {size:,} characters; {options.longest:,} are allowed."


def _new_columns(context: Context) -> Iterator[tuple[str, str]]:
    for table in context.all(CreateTable):
        if not table.temporary and not table.partition_of:
            yield from ((table.table, each.name) for each in table.columns)
    for added in context.all(AddColumn):
        yield added.table, added.column.name


def _explained(context: Context, table: str, column: str = "") -> bool:
    """Whether a later statement of the file gives it a comment."""
    kind = "COLUMN" if column else "TABLE"
    return any(
        (each.kind, each.name, each.part) == (kind, table, column) and each.text
        for step in context.later
        for each in step.all(CommentOn)
    )
