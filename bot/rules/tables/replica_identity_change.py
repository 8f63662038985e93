"""Changing what is replicated breaks the programs that follow the table's changes.

The replica identity is how subscribers tell which row was updated or deleted, and a publication is
what they receive. After a change they miss rows, stop with an error, or make the server refuse
updates.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.judge.replay.births import key_of
from bot.rules.objects.lifecycle import dropped, is_new
from bot.sql.actions import TableOption

SEVERITY = Severity.WARNING

FIX = (
    "Keep the primary key as the identity; agree on the change with whoever reads the stream, "
    "before it is made."
)

BEFORE = """
CREATE TABLE "Order" ("id" TEXT NOT NULL, CONSTRAINT "Order_pkey" PRIMARY KEY ("id"));
CREATE PUBLICATION "stream" FOR TABLE "Order";
"""

BAD = """
ALTER TABLE "Order" REPLICA IDENTITY NOTHING;
"""

GOOD = """
COMMENT ON TABLE "Order" IS 'its changes are read by billing: keep the primary key';
"""

QUIET = [
    "CREATE TABLE n (id INT PRIMARY KEY); ALTER TABLE n REPLICA IDENTITY FULL;",
    'CREATE PUBLICATION p FOR TABLE "Order"; DROP PUBLICATION p;',
    "CREATE PUBLICATION p; ALTER PUBLICATION p SET (publish = 'insert');",
    'ALTER PUBLICATION "stream" ADD TABLE "Invoice";',
]


def check(statement: Statement, context: Context) -> Hits:
    for option in context.all(TableOption):
        if option.command == "AT_ReplicaIdentity" and not context.is_new(option.table):
            yield Hit(
                f"Programs that follow the changes of {shown(option.table)} may lose track.",
                about=option,
            )
    for name in (*dropped(context, "PUBLICATION"), *_altered(statement, context)):
        yield Hit(
            f"Programs that read the publication {name} no longer receive the same.", about=name
        )


def _altered(statement: Statement, context: Context) -> tuple[str, ...]:
    """The publication that is altered, unless it is only given more."""
    tree = statement.tree
    grows = tree.get("action") == "AP_AddObjects" and tree.get("pubobjects")
    name = str(tree.get("pubname", ""))
    if statement.node != "AlterPublicationStmt" or grows:
        return ()
    return () if is_new(context, key_of("PUBLICATION", name)) else (name,)
