"""The statement needs a table that is not there when its turn comes.

An earlier migration dropped or renamed it, or only a later one creates it. The migration fails on
every database that is built from the history: a new environment, a shadow database, CI.
"""

from collections.abc import Iterable, Iterator
from heapq import merge

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hits
from bot.core.migrations.migration import Migration
from bot.core.migrations.statement import Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.context import Context, shown
from bot.judge.timeline import Step
from bot.sql import actions as act
from bot.sql.names import bare
from bot.sql.parse import parse
from bot.sql.read import actions_of

SEVERITY = Severity.ERROR

FIX = "Create the migration anew on top of the target branch, so that it fits what is there."

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL);
CREATE TABLE "Session" ("id" TEXT NOT NULL);
DROP TABLE "Session";
"""

BAD = """
ALTER TABLE "Session" ADD COLUMN "token" TEXT;
"""

GOOD = """
ALTER TABLE "User" ADD COLUMN "token" TEXT;
"""

QUIET = [
    'ALTER TABLE "OlderThanTheHistory" ADD COLUMN a INT;',
    'ALTER TABLE IF EXISTS "Session" ADD COLUMN a INT;',
    'DROP TABLE IF EXISTS "Session";',
    'CREATE TABLE "Session" ("id" TEXT); ALTER TABLE "Session" ADD COLUMN a INT;',
    "DO $$ BEGIN EXECUTE 'CREATE TABLE \"Session\" (a INT)'; END $$; "
    'ALTER TABLE "Session" ADD COLUMN b INT;',
    "SELECT 1 FROM pg_class;",
]

_HIDDEN = (act.RunBlock, act.Call, act.Unread, act.Other)
_RELATIONS = {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"}


def check(statement: Statement, context: Context) -> Hits:
    if statement.tree.get("missing_ok", False):
        return
    for name in dict.fromkeys(each.relation for each in context.effects.locks):
        if _exists(name, context.catalogue):
            continue
        if _went(name, context):
            yield f"{shown(name)} is not there any more: it was dropped or renamed before."
            continue
        creator = _creator(name, context.file.later)
        if creator:
            yield f"{shown(name)} is not there yet: {creator} creates it, which comes later."


def _exists(name: str, catalogue: Catalogue) -> bool:
    kinds = (catalogue.tables, catalogue.indexes, catalogue.views, catalogue.sequences)
    return any(name in each for each in kinds)


def _went(name: str, context: Context) -> bool:
    """Whether the last that was heard of it is that it went."""
    gone = False
    for action, sql in _heard(name, context):
        if isinstance(action, act.DropObjects) and action.kind in _RELATIONS:
            gone = gone or name in action.names
        elif isinstance(action, act.Rename | act.SetSchema):
            old, new = _moved(action)
            gone = (gone or (old == name and action.kind in _RELATIONS)) and new != name
        elif isinstance(action, _HIDDEN) and bare(name) in sql:
            # It may have come back by what cannot be read.
            gone = False
    return gone


def _moved(action: act.Rename | act.SetSchema) -> tuple[str, str]:
    if isinstance(action, act.Rename):
        return action.old, action.new
    return action.name, f"{action.schema}.{bare(action.name)}"


def _heard(name: str, context: Context) -> Iterator[tuple[act.Action, str]]:
    """What statements that name it did, in order, up to the one that is judged."""
    for migration in context.file.history:
        for statement in _naming(name, migration):
            yield from ((each, statement.sql) for each in actions_of(statement))
    for step in _telling(name, context):
        yield from ((each, step.statement.sql) for each in step.actions)


def _telling(name: str, context: Context) -> Iterator[Step]:
    """The statements above that name it, or may do anything."""
    named = context.earlier.steps_with(act.DropObjects, act.Rename, act.SetSchema, about=name)
    moved = context.earlier.steps_with(act.SetSchema)
    hidden = context.earlier.steps_with(*_HIDDEN)
    return merge(named, moved, hidden, key=lambda step: step.statement.index)


def _creator(name: str, later: Iterable[Migration]) -> str | None:
    for migration in later:
        for statement in _naming(name, migration):
            for each in actions_of(statement):
                # With IF NOT EXISTS it may well have been there before.
                if isinstance(each, act.CreateTable) and each.table == name:
                    return None if each.if_not_exists else migration.name
                if isinstance(each, act.CreateView) and each.name == name:
                    return migration.name
    return None


def _naming(name: str, migration: Migration) -> Iterator[Statement]:
    """The statements of a migration in which the name stands; few files have to be parsed."""
    if bare(name) in migration.sql:
        yield from (each for each in parse(migration.sql).statements if bare(name) in each.sql)
