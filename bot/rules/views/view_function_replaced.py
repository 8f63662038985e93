"""Replacing a view or a function changes what the running version gets from it.

Both versions of the application use the same name while they take turns. Queries on the view wait
for a moment; then the old version sees new columns, or gets other results than it was tested with.
"""

from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.judge.context import Context, shown
from bot.rules.views.replaced import existed
from bot.sql.actions import CreateFunction, CreatePolicy, CreateTrigger, CreateView

SEVERITY = None

ABOUT = (CreateFunction, CreatePolicy, CreateTrigger, CreateView)

FIX = "Create it under a new name, let the next release use that, and drop the old one later."

BEFORE = """
CREATE TABLE "Order" ("id" INTEGER NOT NULL, "total" INTEGER);
CREATE VIEW "Totals" AS SELECT "total" FROM "Order";
CREATE FUNCTION "twice"(i INTEGER) RETURNS INTEGER LANGUAGE sql AS 'SELECT i * 2';
"""

BAD = """
CREATE OR REPLACE VIEW "Totals" AS SELECT "total", "id" FROM "Order";
"""

GOOD = """
CREATE VIEW "TotalsById" AS SELECT "total", "id" FROM "Order";
"""

QUIET = [
    'CREATE OR REPLACE VIEW v AS SELECT "id" FROM "Order";',
    'CREATE VIEW v AS SELECT "id" FROM "Order"; CREATE OR REPLACE VIEW v AS SELECT 1 AS "id";',
    "CREATE OR REPLACE FUNCTION thrice(i INT) RETURNS INT LANGUAGE sql AS 'SELECT i * 3';",
    "CREATE TABLE n (a INT); CREATE OR REPLACE RULE r AS ON INSERT TO n DO NOTHING;",
]


def check(statement: Statement, context: Context) -> Hits:
    if not statement.tree.get("replace"):
        return
    for view in context.all(CreateView):
        if view.name in context.catalogue.views and not context.is_new(view.name):
            yield Hit(f"Queries of the running version get the new {shown(view.name)}.", about=view)
    for trigger in context.all(CreateTrigger):
        known = (trigger.table, trigger.name) in context.catalogue.triggers
        if known and not context.is_new(trigger.table):
            yield Hit(
                f"Writes of the running version run the new trigger {trigger.name}.", about=trigger
            )
    for rule in context.all(CreatePolicy):
        if statement.node == "RuleStmt" and not context.is_new(rule.table):
            yield Hit(
                f"Statements of the running version on {shown(rule.table)} follow the new rule.",
                about=rule,
            )
    for function in context.all(CreateFunction):
        if existed(function.name, context):
            yield Hit(
                f"Calls of the running version run the new {shown(function.name)}.", about=function
            )
