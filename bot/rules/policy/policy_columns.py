"""A table or a column is not made as the team has agreed to make them.

Some columns are to be in every table, some types are not to be used, and what may be left empty, or
has no default, has to be decided each time by whoever writes a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.options import option
from bot.judge.context import Context, shown
from bot.rules.constraints.foreign_keys import foreign_keys_of
from bot.sql import actions as act
from bot.sql.values import Column, ConstraintKind

SEVERITY: Severity | None = None

FIX = "Make it as agreed, or allow this with a comment that says why it is another case."


@dataclass(frozen=True)
class Options:
    required: tuple[str, ...] = option((), "Columns that every table must have.")
    not_null: bool = option(False, "Whether every column must be NOT NULL.")
    default: bool = option(False, "Whether every column outside the key must have a default.")
    denied_types: tuple[str, ...] = option(
        (), "Types that are not to be used, as PostgreSQL stores their names: `json`, `int4`."
    )
    foreign_keys: bool = option(True, "Whether foreign keys may be made.")


OPTIONS = Options()
EXAMPLE = Options(required=("id", "createdAt"), denied_types=("json", "money"))
NEEDS_OPTIONS = True

BAD = """
CREATE TABLE "Theme" ("id" BIGINT NOT NULL PRIMARY KEY);
"""

GOOD = """
CREATE TABLE "Theme" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
"""

QUIET = [
    'CREATE TEMP TABLE "Draft" ("name" TEXT);',
    "CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (1) TO (2);",
    'CREATE TABLE "Copy" (LIKE "Theme");',
    'ALTER TABLE "Theme" ADD COLUMN "data" JSONB;',
    'ALTER TABLE "Theme" DROP COLUMN "name";',
]

Told = Iterator[str]


def check(statement: Statement, context: Context) -> Hits:
    if context.file.baseline:
        return
    options = context.settings.options(Options)
    yield from _missing(context, options)
    for table, column, in_key in _columns(context):
        name = f"{shown(table)}.{column.name}"
        if column.type.name in options.denied_types:
            yield Hit(f"{name} has the type {column.type}, which is not to be used.", about=column)
        settled = in_key or column.numbers_itself or column.generated
        if options.not_null and not (
            column.not_null or settled or _later(act.SetNotNull, context, table, column)
        ):
            yield Hit(f"{name} may be empty: it is not NOT NULL.", about=column)
        if options.default and not (
            column.default or settled or _later(act.SetDefault, context, table, column)
        ):
            yield Hit(f"{name} has no default.", about=column)
    yield from _changes(context, options)
    if not options.foreign_keys:
        for key in foreign_keys_of(context.step):
            to = shown(key.constraint.references or "a table")
            yield Hit(f"{shown(key.table)} gets a foreign key to {to}.", about=key.constraint)


def _missing(context: Context, options: Options) -> Told:
    for table in context.all(act.CreateTable):
        if table.temporary or table.partition_of or table.like or table.inherits or table.reads:
            continue
        there = {column.name for column in table.columns}
        missing = [name for name in options.required if name not in there]
        if missing:
            yield f"{shown(table.table)} lacks {' and '.join(missing)}, which every table has."


def _changes(context: Context, options: Options) -> Told:
    for dropped in context.all(act.DropColumn):
        if dropped.name in options.required:
            yield f"{shown(dropped.table)} loses {dropped.name}, which every table has."
    for renamed in context.all(act.Rename):
        if renamed.kind == "COLUMN" and renamed.old in options.required:
            yield f"{shown(renamed.relation)} loses {renamed.old}, which every table has."
    for change in context.all(act.AlterColumnType):
        if change.type.name in options.denied_types:
            yield (
                f"{shown(change.table)}.{change.name} gets the type {change.type}, which is not "
                "to be used."
            )
    for freed in context.all(act.DropNotNull):
        if options.not_null:
            yield f"{shown(freed.table)}.{freed.name} may be empty from now on."
    for emptied in context.all(act.DropDefault):
        if options.default:
            yield f"{shown(emptied.table)}.{emptied.name} loses its default."


def _columns(context: Context) -> Iterator[tuple[str, Column, bool]]:
    """Every new column with its table, and whether it is part of the primary key."""
    for table in context.all(act.CreateTable):
        keys = [each for each in table.constraints if each.kind is ConstraintKind.PRIMARY_KEY]
        in_key = {name for key in keys for name in key.columns}
        if not table.temporary:
            for column in table.columns:
                yield table.table, column, column.name in in_key or _is_key(column)
    for added in context.all(act.AddColumn):
        yield added.table, added.column, _is_key(added.column)


def _is_key(column: Column) -> bool:
    return any(each.kind is ConstraintKind.PRIMARY_KEY for each in column.constraints)


def _later(
    kind: type[act.SetNotNull] | type[act.SetDefault], context: Context, table: str, column: Column
) -> bool:
    """Whether a later statement of the file gives a column what it lacks, as a safe way does."""
    found = (each for step in context.later for each in step.all(kind))
    return any((each.table, each.name) == (table, column.name) for each in found)
