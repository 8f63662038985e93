"""What other objects depend on cannot be dropped or changed by itself.

PostgreSQL refuses it as long as a view or a trigger uses it: the migration fails, and everything
after it waits for a repair. With CASCADE it does not fail, and takes them along.
"""

from collections.abc import Iterator

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import comes_back
from bot.sql.actions import AlterColumnType, DropColumn, DropObjects

SEVERITY = Severity.NOTICE

FIX = (
    "Drop what depends on it by its name first, and create it again afterwards, in the same "
    "migration and without CASCADE."
)

BEFORE = """
CREATE TABLE "User" ("id" TEXT NOT NULL, "name" VARCHAR(20), "age" INT);
CREATE VIEW "People" AS SELECT "name" FROM "User";
CREATE FUNCTION "stamp"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER "stamp_user" BEFORE UPDATE ON "User" FOR EACH ROW EXECUTE FUNCTION "stamp"();
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE TEXT;
"""

GOOD = """
CREATE OR REPLACE VIEW "People" AS SELECT "name" FROM "User";
"""

QUIET = [
    'DROP VIEW "People"; ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE TEXT; '
    'CREATE VIEW "People" AS SELECT "name" FROM "User";',
    'ALTER TABLE "User" ALTER COLUMN "age" SET DATA TYPE BIGINT;',
    'ALTER TABLE "User" DROP COLUMN "age";',
    'DROP VIEW "People"; DROP TABLE "User";',
    'DROP TABLE "User", "People";',
    'DROP TRIGGER "stamp_user" ON "User"; DROP FUNCTION "stamp"();',
    'DROP VIEW "People";',
    'DROP TABLE "User" CASCADE; CREATE TABLE "User" ("name" TEXT); '
    'CREATE VIEW "People" AS SELECT "name" FROM "User";',
]

_RELATIONS = ("TABLE", "VIEW", "MATERIALIZED VIEW")
_FUNCTIONS = ("FUNCTION", "ROUTINE")


def check(statement: Statement, context: Context) -> Hits:
    for name, dependent, about in _pairs(context):
        yield Hit(
            f"{dependent} depends on {shown(name)}: this fails, or takes it along with CASCADE.",
            about=about,
        )


def _pairs(context: Context) -> Iterator[tuple[str, str, object]]:
    """What is dropped or changed, and what still depends on it."""
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind in _RELATIONS else ():
            yield from ((name, shown(view), name) for view in _views(name, drop, context))
        for name in drop.names if drop.kind in _FUNCTIONS else ():
            for trigger in context.catalogue.triggers.values():
                back = comes_back(context, key_of("TRIGGER", trigger.name, trigger.table))
                if trigger.function == name and not (drop.cascade and back):
                    trigger_name = f"The trigger {trigger.name} on {shown(trigger.table)}"
                    yield name, trigger_name, name
    changes: tuple[DropColumn | AlterColumnType, ...] = (
        *context.all(DropColumn),
        *context.all(AlterColumnType),
    )
    for change in changes:
        for view in context.catalogue.views.values():
            read = {"*", change.name} & set(view.columns)
            if change.table in view.reads and read:
                yield f"{change.table}.{change.name}", shown(view.name), change


def _views(name: str, drop: DropObjects, context: Context) -> Iterator[str]:
    """The views that read it, unless they go by name too, or are created again after CASCADE."""
    for view in context.catalogue.views_on(name):
        back = drop.cascade and comes_back(context, key_of("VIEW", view))
        if view not in drop.names and not back:
            yield view
